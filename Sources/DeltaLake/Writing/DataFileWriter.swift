import Columnar
import Diagnostics
import Parquet
import Storage

/// Turns rows into data files of a table: one open file for each partition, put into the store when it is full.
///
/// Used by one thread at a time; as many may run at once as there are threads. Rows are encoded as they come, so what
/// is held is about the open files' compressed size.
public final class DataFileWriter {
    private let store: any ObjectStore
    private let environment: TableEnvironment
    private let binding: SinkBinding
    private let splitter: PartitionSplitter
    private let options: WriteOptions
    private let parquet: ParquetOptions
    private let dataChange: Bool
    private let epoch: Int64
    private var counter: UInt64 = 0
    private var open: [Fingerprint: OpenFile] = [:]
    private var finished: [PendingFile] = []

    /// More open files than this are closed, the largest first: partitions may be many.
    private static let openFileLimit = 64

    private struct OpenFile {
        let writer: ParquetWriter
        let values: [(name: String, text: String?)]
    }

    init(_ plan: DataFilePlan, store: any ObjectStore, environment: TableEnvironment, epoch: Int64, dataChange: Bool) {
        self.store = store
        self.environment = environment
        binding = plan.binding
        splitter = plan.splitter
        options = plan.options
        parquet = plan.parquet
        self.epoch = epoch
        self.dataChange = dataChange
    }

    /// Adds rows with the sink's columns.
    public func add(_ batch: Batch) throws(DeltaError) {
        for part in splitter.split(try binding.bind(batch)) {
            var rest = part.rows
            while rest.count > 0 {
                let file = open[part.key] ?? OpenFile(
                    writer: ParquetWriter(schema: splitter.dataSchema, options: parquet), values: part.values)
                open[part.key] = file
                let room = options.fileRows - file.writer.rowCount
                let now = rest.count <= room ? rest : rest.slice(0..<room)
                do throws(ParquetError) {
                    try file.writer.write(now)
                } catch {
                    throw DataFileWriter.rejected(error, store.location)
                }
                if file.writer.rowCount >= options.fileRows || file.writer.size >= options.targetFileBytes {
                    try close(part.key)
                }
                rest = now.count == rest.count ? rest.slice(0..<0) : rest.slice(now.count..<rest.count)
            }
            if open.count > DataFileWriter.openFileLimit,
                let largest = open.max(by: { $0.value.writer.rowCount < $1.value.writer.rowCount }) {
                try close(largest.key)
            }
        }
    }

    /// Closes the open files and hands over all that were written.
    public func finish() throws(DeltaError) -> [PendingFile] {
        for key in open.keys.sorted(by: { ($0.high, $0.low) < ($1.high, $1.low) }) { try close(key) }
        defer { finished = [] }
        return finished
    }

    private func close(_ key: Fingerprint) throws(DeltaError) {
        guard let file = open.removeValue(forKey: key), file.writer.rowCount > 0 else { return }
        let written: ParquetFile
        do throws(ParquetError) {
            written = try file.writer.finish()
        } catch {
            throw DataFileWriter.rejected(error, store.location)
        }
        let name = PartitionValue.folder(file.values) + nextName()
        do throws(StorageError) {
            try written.withBytes { bytes throws(StorageError) in try store.put(name, bytes) }
        } catch {
            throw .storage(error, doing: "writing a data file")
        }
        var values: [String: String?] = [:]
        for (column, text) in file.values { values.updateValue(text, forKey: column) }
        let add = AddFile(
            path: FilePath.encoded(name), partitionValues: values, size: Int64(written.size),
            modificationTime: environment.clock(), dataChange: dataChange,
            stats: FileStats.json(rowCount: written.rowCount, statistics: written.statistics))
        finished.append(PendingFile(add: add, rowCount: written.rowCount))
    }

    /// Unique however often an epoch is run: what a crash leaves behind is never written over.
    private func nextName() -> String {
        counter += 1
        let high = UInt64(truncatingIfNeeded: epoch) << 32 | (counter & 0xFFFF) << 16 | environment.random() & 0xFFFF
        let suffix: String
        switch options.compression {
        case .none: suffix = ""
        case .snappy: suffix = ".snappy"
        case .lz4: suffix = ".lz4"
        case .zstd: suffix = ".zstd"
        }
        return "part-" + TableEnvironment.identifier(high, environment.random()) + suffix + ".parquet"
    }

    private static func rejected(_ error: ParquetError, _ location: String) -> DeltaError {
        .refused(
            Diagnostic(.malformedData, "rows for the table at \(location) cannot be written: \(error.reason)"))
    }
}

/// What all data files of a sink share; made once, checked against the table.
struct DataFilePlan: Sendable {
    let binding: SinkBinding
    let splitter: PartitionSplitter
    let options: WriteOptions
    let parquet: ParquetOptions

    init(sink: Schema, metadata: TableMetadata, options: WriteOptions, at location: String) throws(DeltaError) {
        binding = try SinkBinding(sink: sink, table: metadata, at: location)
        splitter = PartitionSplitter(schema: binding.schema, metadata: metadata)
        self.options = options
        var columns: [String: ParquetColumnOptions] = [:]
        var left = TableProperties.indexedColumns(metadata)
        for field in splitter.dataSchema.fields {
            let name = options.columns.keys.first { $0.lowercased() == field.name.lowercased() }
            var column = name.flatMap { options.columns[$0] } ?? ParquetColumnOptions()
            if left <= 0 { column.hasBounds = false }
            left -= DataFilePlan.leafCount(field.type)
            columns[field.name] = column
        }
        parquet = ParquetOptions(
            compression: options.compression, rowGroupRows: min(options.rowGroupRows, options.fileRows),
            columns: columns)
    }

    private static func leafCount(_ type: DataType) -> Int {
        if case .structure(let fields) = type { return fields.reduce(0) { $0 + leafCount($1.type) } }
        return 1
    }
}
