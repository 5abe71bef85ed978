import Formats

/// One line of a commit: a change of the table's state.
enum Action: Equatable, Sendable {
    case tableProtocol(TableProtocol)
    case metadata(TableMetadata)
    case add(AddFile)
    case remove(RemoveFile)
    case transaction(SetTransaction)
    case commitInfo(JSONValue)
    case domain(DomainMetadata)
    /// An action that changes no state that is kept here, such as `cdc`.
    case other(name: String, JSONValue)
}

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

    /// What tells this version of a file from others of the same path.
    var key: String { FileKey.of(path, deletionVector) }
}

/// A data file that is no longer part of the table.
public struct RemoveFile: Equatable, Sendable {
    public var path: String
    /// Milliseconds since the epoch.
    public var deletionTimestamp: Int64?
    public var dataChange: Bool
    public var partitionValues: [String: String?]?
    public var size: Int64?
    var deletionVector: JSONValue?

    var key: String { FileKey.of(path, deletionVector) }
}

enum FileKey {
    static func of(_ path: String, _ deletionVector: JSONValue?) -> String {
        guard let vector = deletionVector, vector != .null else { return path }
        let offset = vector["offset"]?.int64.map { "@\($0)" } ?? ""
        return path + "\u{0}" + (vector["storageType"]?.string ?? "") + (vector["pathOrInlineDv"]?.string ?? "") + offset
    }
}

/// How far an application has come with its own numbered steps: what makes a step count once.
public struct SetTransaction: Hashable, Sendable {
    public let appId: String
    public let version: Int64
    /// Milliseconds since the epoch.
    public let lastUpdated: Int64?
}

/// A named piece of configuration that some feature keeps in the log.
struct DomainMetadata: Equatable, Sendable {
    let domain: String
    let configuration: String
    let isRemoved: Bool
}
