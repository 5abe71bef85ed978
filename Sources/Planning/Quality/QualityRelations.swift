import Columnar

/// The relations that rules write to: streams which no query makes.
///
/// Their names are in lower case, which no unquoted identifier is, so that they take no name away.
public enum QualityRelations {
    static let resultsName = "quality_results"
    static let quarantineName = "quality_quarantine"

    /// A row for each rule and epoch in which it looked at something.
    public static let results = Relation(
        name: resultsName, kind: .stream,
        columns: [
            RelationColumn("EVALUATED_AT", .timestamp), RelationColumn("EVALUATED_DATE", .date),
            RelationColumn("EPOCH", .bigint), RelationColumn("RULE", .string),
            RelationColumn("RELATION", .string), RelationColumn("CHECK_KIND", .string),
            RelationColumn("STATUS", .string), RelationColumn("CHECKED_ROWS", .bigint),
            RelationColumn("FAILING_ROWS", .bigint), RelationColumn("VALUE", .double),
            RelationColumn("EXPECTED", .string), RelationColumn("EXAMPLE", .string),
            RelationColumn("ACTION", .string),
        ], keyCount: 0, origin: .rules)

    /// A row for each row that was kept aside.
    public static let quarantine = Relation(
        name: quarantineName, kind: .stream,
        columns: [
            RelationColumn("QUARANTINED_AT", .timestamp), RelationColumn("QUARANTINED_DATE", .date),
            RelationColumn("EPOCH", .bigint), RelationColumn("RULE", .string),
            RelationColumn("RELATION", .string), RelationColumn("SOURCE_FILE", .string),
            RelationColumn("SOURCE_OFFSET", .bigint), RelationColumn("EVENT_TIMESTAMP", .timestamp),
            RelationColumn("RECORD", .string), RelationColumn("WITHHELD_FROM", .string),
        ], keyCount: 0, origin: .rules)
}
