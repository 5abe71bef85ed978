import Columnar
import Parquet
import Storage

/// Collects the changes of one epoch for the table's change data feed, each row as it was and as it is.
///
/// A key that is written and was there before is an update; readers of the feed take a commit's changes from
/// these files alone.
struct ChangeFeedOutput {
    enum Change: String {
        case insert
        case before = "update_preimage"
        case after = "update_postimage"
        case delete
    }

    static let changeColumn = "_change_type"

    private struct Part {
        let values: [(name: String, text: String?)]
        var batches: [Batch] = []
    }

    private let plan: DataFilePlan
    private let schema: Schema
    private var parts: [Fingerprint: Part] = [:]
    /// Keys of rows that were there before.
    private let known = KeyMap()

    init(_ plan: DataFilePlan) {
        self.plan = plan
        schema = Schema(plan.splitter.dataSchema.fields + [Field(ChangeFeedOutput.changeColumn, .string)])
    }

    /// Adds rows that were in the table.
    mutating func add(_ rows: Batch, _ change: Change, keys: [Fingerprint]) {
        for key in keys { known.set(key, to: 0) }
        add(rows, change)
    }

    /// Adds the rows that are written, when all that were there are known.
    mutating func add(_ rows: Batch, keys: [Fingerprint]) {
        var new: [Int32] = []
        var replaced: [Int32] = []
        for (row, key) in keys.enumerated() {
            if known[key] == nil { new.append(Int32(row)) } else { replaced.append(Int32(row)) }
        }
        if !new.isEmpty { add(rows.gather(Selection(new)), .insert) }
        if !replaced.isEmpty { add(rows.gather(Selection(replaced)), .after) }
    }

    private mutating func add(_ rows: Batch, _ change: Change) {
        for part in plan.splitter.split(rows) {
            let kind = Column.constant(.string(change.rawValue), type: .string, count: part.rows.count)
            parts[part.key, default: Part(values: part.values)].batches.append(
                Batch(schema: schema, columns: part.rows.columns + [kind], count: part.rows.count))
        }
    }

    /// Writes a file for each partition.
    func finish(_ placer: inout DataFilePlacer) throws(DeltaError) -> [PendingFile] {
        var files: [PendingFile] = []
        for (_, part) in parts.sorted(by: { ($0.key.high, $0.key.low) < ($1.key.high, $1.key.low) }) {
            let file: ParquetFile
            do throws(ParquetError) {
                let writer = ParquetWriter(schema: schema, options: plan.parquet)
                for batch in part.batches { try writer.write(batch) }
                file = try writer.finish()
            } catch {
                throw DataFileWriter.rejected(error, placer.store.location)
            }
            files.append(try placer.put(file, part.values, in: FileUse.changeFolder))
        }
        return files
    }
}
