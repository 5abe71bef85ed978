import Formats

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
