/// A line of a table's history.
public struct CommitSummary: Sendable {
    public let version: Int64
    /// Milliseconds since the epoch, as the writer had it; else the time of the commit's file.
    public let timestamp: Int64
    /// Such as `STREAMING UPDATE`; nil when the writer left it out.
    public let operation: String?
    public let parameters: [String: String]
    /// Counts that the writer has kept with the commit.
    public let notes: [String: Int64]
    public let filesAdded: Int
    public let filesRemoved: Int
    /// Rows of the added files, as far as statistics tell.
    public let rowsAdded: Int
    public let transactions: [SetTransaction]
}
