/// A data file of a table at some version, as an outside reader needs it.
public struct LiveFile: Sendable {
    /// Where it is: the table's location and the file's name, or the absolute path that the log has.
    public let path: String
    /// The values of the partition columns, as text; nil is NULL.
    public let partitionValues: [(column: String, text: String?)]
    /// As the statistics have it; nil when they are missing.
    public let rowCount: Int?
    /// Bytes.
    public let size: Int64
    /// JSON: bounds and counts of NULLs; nil when they are missing.
    public let statistics: String?
    /// Whether some of its rows are deleted; `DeltaTable.deletedRows` tells which.
    public let hasDeletedRows: Bool
}
