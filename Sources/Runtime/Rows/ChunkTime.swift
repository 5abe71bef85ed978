import Columnar

/// Event time and order of the rows that came with one chunk.
///
/// A query may give rows other times; these have a `ChunkTime` of their own, by the same rows and numbers.
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
    /// The chunk's row that the first running maximum is of.
    private let firstRow: Int
    /// What the rows came with, where a query has made them: rows with times of their own have its sequence
    /// numbers, several rows of one record its watermarks.
    private let original: ChunkTime?
    /// Of several rows of one record: for each the row of `original`.
    private let originalRows: Selection?
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
        firstRow = 0
        original = nil
        originalRows = nil
        maximum =
            count == 0 ? .min : runningMaxima.pointer.load(fromByteOffset: (count - 1) * 8, as: Int64.self)
    }

    /// Rows that were made of a batch's, several of one perhaps: `number` gives them numbers of their own.
    ///
    /// - Parameter rows: for each the row of the batch that it was made of.
    init(rowsOf batch: RowBatch, _ rows: Selection) {
        orders = nil
        original = batch.time
        originalRows = batch.origin.map { $0.gathered(by: rows) } ?? rows
        partition = batch.time.partition
        count = rows.count
        firstRow = 0
        runningMaxima = Buffer(capacity: 0)
        maximum = .min
    }

    /// The times that a query has given to living rows of a batch, by rows of the chunk as before.
    init(timesOf batch: RowBatch) {
        let alive = batch.selection ?? .all(batch.count)
        orders = nil
        original = batch.time
        originalRows = nil
        partition = batch.time.partition
        firstRow = alive.count == 0 ? 0 : batch.chunkRow(Int(alive.rows[0]))
        count = alive.count == 0 ? 0 : batch.chunkRow(Int(alive.rows[alive.count - 1])) - firstRow + 1
        runningMaxima = Buffer(capacity: count * 8)
        let running = runningMaxima.pointer.assumingMemoryBound(to: Int64.self)
        let times = batch.eventTimes.int64s
        var next = 0
        var maximum = Int64.min
        for index in 0..<alive.count {
            let row = Int(alive.rows[index])
            let place = batch.chunkRow(row) - firstRow
            while next < place {
                running[next] = maximum
                next += 1
            }
            maximum = max(maximum, times[row])
            running[place] = maximum
            next = place + 1
        }
        self.maximum = maximum
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
        self.firstSequence = original?.firstSequence ?? firstSequence
    }

    /// Gives rows that a query has made their numbers.
    ///
    /// - Parameters:
    ///   - others: how far other ways have come by which rows reach the same stream.
    ///   - reached: the stream's watermark so far, behind which it never falls.
    func number(from first: Int64, others: Int64 = .max, reached: Int64 = .min) {
        firstSequence = first
        self.others = others
        self.reached = reached
    }

    /// Whether its rows have numbers of their own, and are not those of another.
    var isNumbered: Bool { original == nil || originalRows != nil }

    /// The watermark when `row` is processed, the row itself included; `Int64.min` when there is none yet.
    func watermark(at row: Int) -> Int64 {
        if let original, let originalRows {
            return max(reached, min(original.watermark(at: Int(originalRows.rows[row])), others))
        }
        let own = max(before, running(row))
        return watermark(min(own, others))
    }

    private func running(_ row: Int) -> Int64 {
        runningMaxima.pointer.load(fromByteOffset: (row - firstRow) * 8, as: Int64.self)
    }

    private func watermark(_ time: Int64) -> Int64 { time == .min ? reached : max(reached, time &- delay) }

    /// Where the row stands in the order of the round's source.
    func order(of row: Int) -> Int64 {
        if let original { return original.order(of: originalRows.map { Int($0.rows[row]) } ?? row) }
        return orders?.pointer.load(fromByteOffset: row * 8, as: Int64.self) ?? firstSequence + Int64(row)
    }

    /// The watermark behind the last row.
    var finalWatermark: Int64 { watermark(min(max(before, maximum), others)) }
}
