import Columnar

/// Rows of a batch as binary COPY has them, each of which can be sent alone.
final class WireRows: @unchecked Sendable {
    /// A row that can't be written in the type of its column.
    struct Fault {
        let row: Int
        let message: ServerMessage
    }

    let batch: Batch
    let writer: WireWriter
    /// Where each row begins, and behind them where the last one ends. A row at fault takes no bytes.
    let starts: [Int]
    let faults: [Fault]

    init(batch: Batch, writer: WireWriter, starts: [Int], faults: [Fault]) {
        self.batch = batch
        self.writer = writer
        self.starts = starts
        self.faults = faults
    }

    func bytes(of rows: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: writer.bytes[starts[rows.lowerBound]..<starts[rows.upperBound]])
    }
}
