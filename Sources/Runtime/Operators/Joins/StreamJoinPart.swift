/// Joined rows that a shard made of the records of one slot.
final class StreamJoinPart {
    /// Where a joined row stands among those of all shards.
    struct Place {
        /// The record by which it came.
        let order: Int64
        let side: JoinSide
        let watermark: Int64
        /// For a record whose window has closed without a partner: it comes before what the record itself
        /// makes.
        let closed: Closed?

        /// Such records come by time, of one time those of the right side first, as Kafka's store has them.
        struct Closed {
            let time: Int64
            let side: JoinSide
            let sequence: Int64
        }

        /// - Parameter standard: what holds between rows of one record and shard.
        func isBefore(_ other: Place, _ standard: Bool) -> Bool {
            if order != other.order { return order < other.order }
            if side != other.side { return side == .left }
            guard let closed else { return other.closed == nil && standard }
            guard let others = other.closed else { return true }
            if closed.time != others.time { return closed.time < others.time }
            if closed.side != others.side { return closed.side == .right }
            return closed.sequence != others.sequence ? closed.sequence < others.sequence : standard
        }
    }

    let rows: JoinedRows
    private(set) var places: [Place] = []

    init(_ layout: JoinedLayout) { rows = JoinedRows(layout) }

    func append(
        _ place: Place, left: UnsafeRawBufferPointer?, right: UnsafeRawBufferPointer?, time: Int64
    ) {
        rows.append(left: left, right: right, time: time)
        places.append(place)
    }
}
