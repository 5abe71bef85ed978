import Diagnostics

/// A file of statements for the database that a pipeline writes to: tables, indexes, views, functions.
public struct MigrationFile: Sendable, Equatable {
    /// Where it lies: for messages.
    public let path: String
    /// By what the database remembers it, such as `shop/010-tables.postgres.sql`.
    public let name: String
    public let text: String

    public init(path: String, name: String, text: String) {
        self.path = path
        self.name = name
        self.text = text
    }

    /// What names of such files end with.
    public static let suffix = ".postgres.sql"

    /// Each statement with its place in bytes.
    var statements: [(text: String, range: Range<Int>)] {
        let bytes = Array(text.utf8)
        return StatementSplitter.ranges(text).map { range in
            (String(decoding: bytes[range], as: UTF8.self), range)
        }
    }

    func location(_ range: Range<Int>) -> SourceLocation {
        SourceLocation(in: text, file: path, offset: range.lowerBound, length: range.count)
    }
}
