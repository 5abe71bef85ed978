import Formats

/// What came of reading one table.
struct TableVerdict: Sendable {
    enum Kind: String, Sendable {
        /// The rows are those that a file beside the table expects.
        case match
        /// All is read, and nobody has said what it should be.
        case read
        /// The table needs what is not supported; the text names it.
        case refused
        /// The table's own files are broken or gone.
        case broken
        /// The rows are not those that are expected.
        case differs
    }

    let path: String
    let kind: Kind
    let version: Int64?
    let rows: Int?
    /// How many versions were read.
    let versions: Int
    /// Why it could not be read, or what differs.
    let text: String

    var json: JSONValue {
        [
            "path": .string(path), "verdict": .string(kind.rawValue),
            "version": version.map { .number($0) } ?? .null, "rows": rows.map { .number($0) } ?? .null,
            "versions_read": .number(versions), "text": .string(text),
        ]
    }
}
