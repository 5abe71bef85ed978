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
    private let shapes: [ColumnShape]
    private let refusesFinerTimes: Bool

    /// - Parameter forRewriting: whether the rows are written again, and so must be read without any loss.
    init(store: any ObjectStore, metadata: TableMetadata, forRewriting: Bool = false) throws(DeltaError) {
        refusesFinerTimes = forRewriting
        self.store = store
        schema = try metadata.schema.columns(at: store.location)
        partitions = Set(metadata.partitionIndexes)
        shapes = metadata.schema.fields.map { ColumnShape($0, metadata.columnMapping) }
    }

    /// The rows of a file.
    /// - Parameter columns: which columns of the table, in that order; all when nil.
    func read(_ file: AddFile, columns: [Int]? = nil) throws(DeltaError) -> [Batch] {
        let place = Path.join(store.location, FilePath.decoded(file.path))
        var deleted: DeletedRows?
        if file.deletionVector != nil {
            guard let vector = file.vector else {
                throw .corrupt(
                    "the log of the table at \(store.location) has a deletion vector of no known kind")
            }
            deleted = try vector.rows(in: store)
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
                ParquetReader(bytes, refusesFinerTimes: refusesFinerTimes), file, without: deleted,
                columns: columns ?? Array(0..<schema.count))
        } catch {
            if case .unsupported(let reason) = error {
                throw .refused(
                    Diagnostic(
                        .unsupported,
                        "the data file \(place) cannot be "
                            + "\(refusesFinerTimes ? "written anew" : "read"): \(reason)",
                        hint: "use an engine that has such values"))
            }
            throw .corrupt("the data file \(place) cannot be read: \(error.reason)")
        }
    }

    private func read(
        _ reader: ParquetReader, _ file: AddFile, without deleted: DeletedRows?, columns: [Int]
    ) throws(ParquetError) -> [Batch] {
        let names = reader.schema.fields.map(\.name)
        let sources = columns.map { column -> Int? in
            partitions.contains(column) ? nil : shapes[column].index(in: names, reader.identities)
        }
        let wanted = Set(sources.compactMap { $0 }).sorted()
        let target = Schema(columns.map { schema[$0] })
        var batches: [Batch] = []
        var first: Int64 = 0
        for group in 0..<reader.rowGroupCount {
            for batch in try reader.read(rowGroup: group, columns: wanted) {
                var result: [Column] = []
                for (index, column) in columns.enumerated() {
                    let field = schema[column]
                    if let source = sources[index], let place = wanted.firstIndex(of: source) {
                        result.append(
                            try ColumnAdaption.adapt(
                                batch.columns[place], to: field.type, shapes[column],
                                reader.identities[source].children, name: field.name))
                    } else {
                        result.append(try constant(column, of: file, count: batch.count))
                    }
                }
                let whole = Batch(schema: target, columns: result, count: batch.count)
                let kept = deleted.flatMap { $0.remaining(from: first, count: batch.count) }
                batches.append(kept.map { whole.gather($0) } ?? whole)
                first += Int64(batch.count)
            }
        }
        return batches
    }

    private func constant(_ column: Int, of file: AddFile, count: Int) throws(ParquetError) -> Column {
        let field = schema[column]
        guard partitions.contains(column) else { return .nulls(field.type, count: count) }
        let text = (file.partitionValues[shapes[column].name] ?? nil)
        guard let value = PartitionValue.value(text, type: field.type) else {
            throw .malformed(
                reason: "the partition value \(text ?? "") of column \(field.name) is no \(field.type.sql)")
        }
        return .constant(value, type: field.type, count: count)
    }
}
