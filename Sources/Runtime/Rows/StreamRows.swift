import Columnar
import Planning

/// Rows of a stream for a sink or subscriber: only living ones, in source order.
public struct StreamRows: Sendable {
    public let relation: Relation
    public let count: Int
    /// In the relation's layout; columns that were not asked for are absent.
    public let columns: [Column]
    /// BIGINT, milliseconds since the epoch.
    public let eventTimes: Column
    /// Rows whose record had a value; the others are tombstones in a topic. nil is all.
    public let valuePresence: Bitmap?
    /// The number of the first row's source record.
    public let firstSequence: Int64
}
