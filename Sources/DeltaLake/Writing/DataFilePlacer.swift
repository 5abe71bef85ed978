import Parquet
import Storage

/// Names finished data files and puts them into the store.
struct DataFilePlacer {
    private let table: DeltaTable
    let store: any ObjectStore
    let environment: TableEnvironment
    let epoch: Int64
    let dataChange: Bool
    let compression: ParquetOptions.Compression
    /// Of the files in the log.
    var tags: [String: String?]?
    private var counter: UInt64 = 0

    init(_ table: DeltaTable, epoch: Int64, dataChange: Bool, compression: ParquetOptions.Compression) {
        self.table = table
        store = table.store
        environment = table.environment
        self.epoch = epoch
        self.dataChange = dataChange
        self.compression = compression
    }

    /// - Parameter folder: ends in a slash, or is empty.
    mutating func put(
        _ file: ParquetFile, _ partition: [(name: String, text: String?)], in folder: String = ""
    ) throws(DeltaError) -> PendingFile {
        let name = folder + PartitionValue.folder(partition) + nextName()
        table.notePending(name)
        do throws(StorageError) {
            try file.withBytes { bytes throws(StorageError) in try store.put(name, bytes) }
        } catch {
            throw .storage(error, doing: "writing a data file")
        }
        var values: [String: String?] = [:]
        for (column, text) in partition { values.updateValue(text, forKey: column) }
        let add = AddFile(
            path: FilePath.encoded(name), partitionValues: values, size: Int64(file.size),
            modificationTime: environment.clock(), dataChange: dataChange,
            stats: FileStats.json(rowCount: file.rowCount, statistics: file.statistics), tags: tags)
        return PendingFile(add: add, rowCount: file.rowCount)
    }

    /// Unique however often an epoch is run: what a crash leaves behind is never written over.
    private mutating func nextName() -> String {
        counter += 1
        let high =
            UInt64(truncatingIfNeeded: epoch) << 32 | (counter & 0xFFFF) << 16 | environment.random() & 0xFFFF
        let suffix: String
        switch compression {
        case .none: suffix = ""
        case .snappy: suffix = ".snappy"
        case .lz4: suffix = ".lz4"
        case .zstd: suffix = ".zstd"
        }
        return "part-" + TableEnvironment.identifier(high, environment.random()) + suffix + ".parquet"
    }
}
