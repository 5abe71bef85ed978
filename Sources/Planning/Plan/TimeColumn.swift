import Columnar
import Diagnostics
import Language

/// The column that holds the event time of a relation's records, as `timestamp` in a WITH clause names it.
public struct TimeColumn: Hashable, Sendable {
    public let name: String
    /// Among the relation's columns.
    public let position: Int
    /// A pattern for a STRING column; without it ISO 8601 is read.
    public let format: String?

    /// nil when no column is named.
    static func read(
        _ properties: ConnectorProperties, columns: [RelationColumn], statement: Statement
    ) throws(Diagnostic) -> TimeColumn? {
        guard let given = properties.text("timestamp") else { return nil }
        let format = properties.text("timestamp_format")
        // A property's text is no identifier: like ksqlDB, take it as written or in upper case.
        let name = given.hasPrefix("`") ? String(given.dropFirst().dropLast()) : given
        guard let position = columns.firstIndex(where: { $0.name == name || $0.name == name.uppercased() })
        else {
            let suggestion = NearestName.suggestion(for: name, among: columns.map(\.name))
            throw Diagnostic(
                .unknownColumn, "the timestamp column \(name) is not a column of \(properties.owner)",
                at: properties.location(of: "timestamp"),
                expected: "one of " + columns.map(\.name).joined(separator: ", "),
                hint: suggestion.map { "did you mean \($0)?" })
        }
        let column = columns[position]
        guard [.string, .bigint, .timestamp].contains(column.type) else {
            throw Diagnostic(
                .typeMismatch, "the timestamp column \(column.name) is \(column.type.sql)",
                at: properties.location(of: "timestamp"), expected: "STRING, BIGINT or TIMESTAMP")
        }
        if format != nil, column.type != .string {
            throw Diagnostic(
                .invalidStatement, "timestamp_format is given, but \(column.name) is \(column.type.sql)",
                at: properties.location(of: "timestamp_format"), expected: "a STRING column",
                hint: "remove timestamp_format")
        }
        return TimeColumn(name: column.name, position: position, format: format)
    }
}
