import Columnar
import Parquet
import Storage

/// Collects rows with their keys' fingerprints into files of bounded rows, one partition each, ordered by
/// window.
struct KeyedOutput {
    /// A written file and the keys of its rows.
    struct Written {
        let file: PendingFile
        let keys: [Fingerprint]
        let windows: ClosedRange<Int64>?
    }

    private struct Chunk {
        let values: [(name: String, text: String?)]
        var batches: [Batch] = []
        var keys: [Fingerprint] = []
        var rowCount = 0
    }

    private let plan: DataFilePlan
    private let fileRows: Int
    /// Where the window column is in a data file; nil when it is a partition column, or there is none.
    private let windowColumn: Int?
    private var chunks: [Fingerprint: Chunk] = [:]
    private(set) var written: [Written] = []

    init(_ plan: DataFilePlan, windowColumn: Int?) {
        self.plan = plan
        self.windowColumn = windowColumn
        fileRows = plan.options.fileRows
    }

    /// - Parameter keys: one for each row of the batch, which has the table's columns.
    mutating func add(
        _ batch: Batch, keys: [Fingerprint], _ placer: inout DataFilePlacer
    ) throws(DeltaError) {
        for part in plan.splitter.split(batch) {
            var start = 0
            while start < part.rows.count {
                var chunk = chunks.removeValue(forKey: part.key) ?? Chunk(values: part.values)
                let end = min(part.rows.count, start + fileRows - chunk.rowCount)
                chunk.batches.append(part.rows.slice(start..<end))
                if let selection = part.selection {
                    for index in start..<end { chunk.keys.append(keys[Int(selection.rows[index])]) }
                } else {
                    chunk.keys.append(contentsOf: keys[start..<end])
                }
                chunk.rowCount += end - start
                start = end
                if chunk.rowCount >= fileRows {
                    try write(chunk, &placer)
                } else {
                    chunks[part.key] = chunk
                }
            }
        }
    }

    mutating func finish(_ placer: inout DataFilePlacer) throws(DeltaError) {
        for (_, chunk) in chunks.sorted(by: { ($0.key.high, $0.key.low) < ($1.key.high, $1.key.low) }) {
            try write(chunk, &placer)
        }
        chunks = [:]
    }

    private mutating func write(_ chunk: Chunk, _ placer: inout DataFilePlacer) throws(DeltaError) {
        if chunk.rowCount == 0 { return }
        var rows = Batch.concatenate(chunk.batches)
        var windows: ClosedRange<Int64>?
        if let windowColumn {
            let column = rows.columns[windowColumn]
            if let order = WindowOrder.order(of: column) { rows = rows.gather(order) }
            windows = WindowOrder.bounds(of: column)
        }
        let file: ParquetFile
        do throws(ParquetError) {
            let writer = ParquetWriter(schema: plan.splitter.dataSchema, options: plan.parquet)
            try writer.write(rows)
            file = try writer.finish()
        } catch {
            throw DataFileWriter.rejected(error, placer.store.location)
        }
        written.append(Written(file: try placer.put(file, chunk.values), keys: chunk.keys, windows: windows))
    }
}

/// The order of rows by a TIMESTAMP column.
enum WindowOrder {
    /// nil when the rows are in order already. NULLs come as they stand in their slots, which is first.
    static func order(of column: Column) -> Selection? {
        let values = column.int64s
        var isOrdered = true
        for row in 1..<max(1, column.count) where values[row - 1] > values[row] {
            isOrdered = false
            break
        }
        if isOrdered { return nil }
        var rows = Array(0..<Int32(column.count))
        rows.sort { left, right in
            let (a, b) = (values[Int(left)], values[Int(right)])
            return a == b ? left < right : a < b
        }
        return Selection(rows)
    }

    /// nil when there are no rows, or a row without a window.
    static func bounds(of column: Column) -> ClosedRange<Int64>? {
        guard column.count > 0, column.nullCount == 0 else { return nil }
        var (low, high) = (Int64.max, Int64.min)
        for row in 0..<column.count {
            low = min(low, column.int64s[row])
            high = max(high, column.int64s[row])
        }
        return low...high
    }
}
