import Columnar
import Diagnostics
import Parquet
import Storage

/// Reads data files into batches with a table's columns: found by name, partition values filled in, NULL
/// where a file is older than a column.
struct TableReader: Sendable {
    let store: any ObjectStore
    let schema: Schema
    private let partitions: Set<Int>
    private let refusesFinerTimes: Bool

    /// - Parameter forRewriting: whether the rows are written again, and so must be read without any loss.
    init(store: any ObjectStore, metadata: TableMetadata, forRewriting: Bool = false) throws(DeltaError) {
        refusesFinerTimes = forRewriting
        self.store = store
        schema = try metadata.schema.columns(at: store.location)
        partitions = Set(metadata.partitionIndexes)
    }

    /// The rows of a file.
    /// - Parameter columns: which columns of the table, in that order; all when nil.
    func read(_ file: AddFile, columns: [Int]? = nil) throws(DeltaError) -> [Batch] {
        let place = Path.join(store.location, FilePath.decoded(file.path))
        if let vector = file.deletionVector, vector != .null {
            throw .unsupported(
                "feature deletionVectors (file \(file.path) has one)", at: store.location, doing: "read")
        }
        guard let name = FilePath.name(of: file.path, in: store.location) else {
            throw .unsupported("the file \(file.path) outside of it", at: store.location, doing: "read")
        }
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try store.get(name)
        } catch .missing {
            throw .corrupt(
                "the data file \(place) is missing", hint: "ask for a later version, or restore the file")
        } catch {
            throw .storage(error, doing: "reading a data file")
        }
        do throws(ParquetError) {
            return try read(
                ParquetReader(bytes, refusesFinerTimes: refusesFinerTimes), file,
                columns: columns ?? Array(0..<schema.count))
        } catch {
            throw .corrupt("the data file \(place) cannot be read: \(error.reason)")
        }
    }

    private func read(
        _ reader: ParquetReader, _ file: AddFile, columns: [Int]
    ) throws(ParquetError) -> [Batch] {
        // Exactly, or else in any case: engines disagree about the case of names.
        let names = reader.schema.fields.map(\.name)
        let sources = columns.map { column -> Int? in
            if partitions.contains(column) { return nil }
            let name = schema[column].name
            return names.firstIndex(of: name)
                ?? names.firstIndex { $0.lowercased() == name.lowercased() }
        }
        let wanted = Set(sources.compactMap { $0 }).sorted()
        let target = Schema(columns.map { schema[$0] })
        var batches: [Batch] = []
        for group in 0..<reader.rowGroupCount {
            for batch in try reader.read(rowGroup: group, columns: wanted) {
                var result: [Column] = []
                for (index, column) in columns.enumerated() {
                    let field = schema[column]
                    if let source = sources[index], let place = wanted.firstIndex(of: source) {
                        result.append(
                            try ColumnAdaption.adapt(batch.columns[place], to: field.type, name: field.name))
                    } else {
                        result.append(try constant(column, of: file, count: batch.count))
                    }
                }
                batches.append(Batch(schema: target, columns: result, count: batch.count))
            }
        }
        return batches
    }

    private func constant(_ column: Int, of file: AddFile, count: Int) throws(ParquetError) -> Column {
        let field = schema[column]
        guard partitions.contains(column) else { return .nulls(field.type, count: count) }
        let text = (file.partitionValues[field.name] ?? nil)
        guard let value = PartitionValue.value(text, type: field.type) else {
            throw .malformed(
                reason: "the partition value \(text ?? "") of column \(field.name) is no \(field.type.sql)")
        }
        return .constant(value, type: field.type, count: count)
    }
}
