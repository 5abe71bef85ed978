import Columnar

/// Rows of one side in a round of a stream join, and where each stands in time.
final class StreamJoinRows: @unchecked Sendable {
    let rows: ShardedRows
    let side: JoinSide
    let slot: Int
    private let keys: Bitmap?
    private let marks: Buffer

    /// What the join knows when a row's turn comes, the row itself included.
    struct Mark {
        /// The largest event time of both sides.
        var time: Int64
        /// The largest of the row's side, and of the other.
        var own: Int64
        var other: Int64
        /// The watermark of the rows that it makes.
        var watermark: Int64
    }

    init(_ rows: ShardedRows, _ side: JoinSide, keys: [Column], slot: Int) {
        self.rows = rows
        self.side = side
        self.slot = slot
        self.keys = keys.reduce(Bitmap?.none) { Bitmap.intersection($0, $1.validity) }
        marks = Buffer(capacity: max(1, rows.batch.count) * MemoryLayout<Mark>.stride)
    }

    func hasKey(_ row: Int) -> Bool { keys.map { $0[row] } ?? true }

    subscript(row: Int) -> Mark {
        get { marks.pointer.load(fromByteOffset: row * MemoryLayout<Mark>.stride, as: Mark.self) }
        set {
            marks.pointer.storeBytes(
                of: newValue, toByteOffset: row * MemoryLayout<Mark>.stride, as: Mark.self)
        }
    }
}

/// All rows of a round, in their order.
struct StreamJoinRound: Sendable {
    /// A record with which stream time went on.
    struct Advance: Sendable {
        let time: Int64
        let slot: Int
        let order: Int64
        let side: JoinSide
        let watermark: Int64
    }

    private(set) var deposits: [StreamJoinRows] = []
    /// Whether both sides have rows, which then alternate.
    private(set) var isMixed = false
    /// Ascending in time.
    private(set) var advances: [Advance] = []
    /// Behind the last row.
    private(set) var time = Int64.min
    private(set) var times: [Int64] = [.min, .min]

    init() {}

    /// Puts each row in its place in time and moves the join's progress behind the last.
    init(_ deposits: [StreamJoinRows], others: Int64, retention: Int64, progress: inout JoinProgress) {
        self.deposits = deposits
        isMixed = Set(deposits.map(\.side)).count > 1
        let reached = progress.watermark
        var places: [(deposit: Int, row: Int, order: Int64)] = []
        for (index, deposit) in deposits.enumerated() {
            let batch = deposit.rows.batch
            let alive = batch.selection ?? .all(batch.count)
            for position in 0..<alive.count {
                let row = Int(alive.rows[position])
                if isMixed {
                    places.append((index, row, batch.order(of: row)))
                } else {
                    place(deposit, row, reached, others, &progress)
                }
            }
        }
        if isMixed {
            let order = places.indices.sorted { left, right in
                let (a, b) = (places[left], places[right])
                return (a.order, deposits[a.deposit].side.rawValue, left)
                    < (b.order, deposits[b.deposit].side.rawValue, right)
            }
            for index in order {
                place(deposits[places[index].deposit], places[index].row, reached, others, &progress)
            }
        }
        time = progress.time
        times = progress.times
    }

    private mutating func place(
        _ deposit: StreamJoinRows, _ row: Int, _ reached: Int64, _ others: Int64,
        _ progress: inout JoinProgress
    ) {
        let batch = deposit.rows.batch
        let time = batch.eventTimes.int64s[row]
        let watermark = max(reached, min(batch.watermark(at: row), others))
        progress.watermark = max(progress.watermark, watermark)
        if time > progress.time {
            progress.time = time
            advances.append(
                Advance(
                    time: time, slot: deposit.slot, order: batch.order(of: row), side: deposit.side,
                    watermark: watermark))
        }
        let own = deposit.side.rawValue
        if deposit.hasKey(row) { progress.times[own] = max(progress.times[own], time) }
        deposit[row] = StreamJoinRows.Mark(
            time: progress.time, own: progress.times[own], other: progress.times[1 - own],
            watermark: watermark)
    }

    /// The first record with which stream time reached `time`.
    func advance(reaching time: Int64) -> Advance? {
        var low = 0
        var high = advances.count
        while low < high {
            let middle = (low + high) / 2
            if advances[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low < advances.count ? advances[low] : nil
    }
}
