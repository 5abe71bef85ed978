import Formats

/// A data file that is part of the table.
public struct AddFile: Equatable, Sendable {
    /// As the log has it: relative to the table, percent-encoded.
    public var path: String
    public var partitionValues: [String: String?]
    /// Bytes.
    public var size: Int64
    /// Milliseconds since the epoch.
    public var modificationTime: Int64
    /// Whether the file changes the table's rows, or only arranges them anew.
    public var dataChange: Bool
    /// JSON: row count, bounds and counts of NULLs.
    public var stats: String?
    var tags: [String: String?]?
    /// Rows of the file that are deleted.
    var deletionVector: JSONValue?

    /// The task of a service whose keys alone are in the file, of a table with keys; nil where nobody says.
    var owner: String? { tags?[Self.ownerTag] ?? nil }

    /// The tags of a file of that task alone.
    static func tags(ofOwner owner: String) -> [String: String?] { [ownerTag: owner] }

    private static let ownerTag = "millrace.task"

    /// nil where no row is deleted, or the log does not say how.
    var vector: DeletionVector? { deletionVector.flatMap { DeletionVector($0) } }

    /// Rows that are not deleted, by the statistics; nil where they do not tell.
    public var rowCount: Int? {
        FileStats.rowCount(stats).map { $0 - Int(truncatingIfNeeded: vector?.cardinality ?? 0) }
    }

    /// What tells this version of a file from others of the same path.
    var key: String { FileKey.of(path, deletionVector) }
}

enum FileKey {
    static func of(_ path: String, _ deletionVector: JSONValue?) -> String {
        guard let vector = deletionVector, vector != .null else { return path }
        let offset = vector["offset"]?.int64.map { "@\($0)" } ?? ""
        return path + "\u{0}" + (vector["storageType"]?.string ?? "")
            + (vector["pathOrInlineDv"]?.string ?? "") + offset
    }
}
