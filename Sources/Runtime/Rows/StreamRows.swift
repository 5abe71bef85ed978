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
    /// What each row's message passes on, read by `messageHeaders`; nil where none has any.
    public var headers: Column?

    /// Some of the rows; the columns that are there.
    public func gather(_ selection: Selection) -> StreamRows {
        StreamRows(
            relation: relation, count: selection.count,
            columns: columns.map { $0.count == count ? $0.gather(selection) : $0 },
            eventTimes: eventTimes.gather(selection),
            valuePresence: valuePresence.map { $0.gathered(by: selection) }, firstSequence: firstSequence,
            headers: headers?.gather(selection))
    }
}
