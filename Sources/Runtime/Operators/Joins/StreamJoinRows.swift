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
        /// How far time has come for the left and the right side's rows without partner.
        var clocks: (left: Int64, right: Int64)
        /// How far the other side has come.
        var other: Int64
        /// The watermark of its side.
        var reached: Int64
        /// The watermark of the rows that it makes.
        var watermark: Int64
        /// It came too late to meet anything.
        var isLate: Bool
        /// The other side may yet ask for it.
        var isKept: Bool

        func clock(_ side: JoinSide) -> Int64 { side == .left ? clocks.left : clocks.right }
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
