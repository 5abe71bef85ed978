/// `ASSERT …`: a check in a script or test.
public enum Assert: Hashable, Sendable {
    /// `ASSERT [NOT EXISTS] TOPIC name [WITH (…)] [TIMEOUT period]`.
    case topic(name: Identifier, properties: [Property], exists: Bool, timeout: TimeSpan?)
    /// `ASSERT [NOT EXISTS] SCHEMA [SUBJECT name] [ID number] [TIMEOUT period]`.
    case schema(subject: Identifier?, id: Int?, exists: Bool, timeout: TimeSpan?)
    /// `ASSERT VALUES source (columns) VALUES (values)`: the next record.
    case values(InsertValues)
    /// `ASSERT NULL VALUES source (key columns) KEY (values)`: the next record is a tombstone.
    case nullValues(InsertValues)
    /// `ASSERT STREAM|TABLE name (columns) WITH (…)`: the source as it is in the catalogue.
    case source(CreateSource)
}
