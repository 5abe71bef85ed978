import Columnar

/// Event time and order of the rows that came with one chunk.
///
/// The chunk's own running maximum is known when it is decoded; how far the partition was before it, only
/// when its turn comes: until `place` the rows have neither a watermark nor a sequence number.
final class ChunkTime: @unchecked Sendable {
    let partition: Int
    let count: Int
    /// The running maximum of the event times up to each row of the chunk; `Int64.min` before the first.
    private let runningMaxima: Buffer
    /// Of joined rows, the numbers of the records by which they came.
    private let orders: Buffer?
    /// The largest event time of the chunk.
    let maximum: Int64

    private var before = Int64.min
    private var others = Int64.max
    private var delay: Int64 = 0
    private var reached = Int64.min
    private(set) var firstSequence: Int64 = 0

    init(partition: Int, count: Int, runningMaxima: Buffer, orders: Buffer? = nil) {
        self.partition = partition
        self.orders = orders
        self.count = count
        self.runningMaxima = runningMaxima
        maximum =
            count == 0 ? .min : runningMaxima.pointer.load(fromByteOffset: (count - 1) * 8, as: Int64.self)
    }

    /// Gives the chunk its place in the source's order.
    ///
    /// - Parameters:
    ///   - before: the partition's largest event time before this chunk.
    ///   - others: the smallest of the other partitions' largest event times; `Int64.max` without others.
    ///   - delay: how far the watermark stays behind, milliseconds.
    ///   - reached: the watermark so far, behind which it never falls: also when a partition joins that is
    ///     behind.
    func place(before: Int64, others: Int64, delay: Int64, reached: Int64, firstSequence: Int64) {
        self.before = before
        self.others = others
        self.delay = delay
        self.reached = reached
        self.firstSequence = firstSequence
    }

    /// The watermark when `row` is processed, the row itself included; `Int64.min` when there is none yet.
    func watermark(at row: Int) -> Int64 {
        let own = max(before, runningMaxima.pointer.load(fromByteOffset: row * 8, as: Int64.self))
        return watermark(min(own, others))
    }

    private func watermark(_ time: Int64) -> Int64 { time == .min ? reached : max(reached, time &- delay) }

    /// Where the row stands in the order of the round's source.
    func order(of row: Int) -> Int64 {
        orders?.pointer.load(fromByteOffset: row * 8, as: Int64.self) ?? firstSequence + Int64(row)
    }

    /// The watermark behind the last row.
    var finalWatermark: Int64 { watermark(min(max(before, maximum), others)) }
}
