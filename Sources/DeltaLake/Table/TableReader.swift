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
        let opened = try open(file, columns: columns)
        var batches: [Batch] = []
        for group in 0..<opened.groupCount { batches += try opened.read(group) }
        return batches
    }

    /// A file whose row groups can be read one by one.
    /// - Parameters:
    ///   - columns: which columns of the table, in that order; all when nil.
    ///   - place: the file's name in the store, where it is another than the log's.
    func open(
        _ file: AddFile, columns: [Int]? = nil, at place: String? = nil
    ) throws(DeltaError) -> DataFileReader {
        let path = Path.join(store.location, FilePath.decoded(file.path))
        var deleted: DeletedRows?
        if file.deletionVector != nil {
            guard let vector = file.vector else {
                throw .corrupt(
                    "the log of the table at \(store.location) has a deletion vector of no known kind")
            }
            deleted = try vector.rows(in: store)
        }
        guard let name = place ?? FilePath.name(of: file.path, in: store.location) else {
            throw .unsupported("the file \(file.path) outside of it", at: store.location, doing: "read")
        }
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try store.get(name)
        } catch .missing {
            throw .corrupt(
                "the data file \(path) is missing", hint: "ask for a later version, or restore the file")
        } catch {
            throw .storage(error, doing: "reading a data file")
        }
        return try explaining(path) { () throws(ParquetError) in
            DataFileReader(
                self, file, path, try ParquetReader(bytes, refusesFinerTimes: refusesFinerTimes), deleted,
                columns: columns ?? Array(0..<schema.count))
        }
    }

    /// Says of which file it is that something is wrong with.
    func explaining<Result>(
        _ path: String, _ body: () throws(ParquetError) -> Result
    ) throws(DeltaError) -> Result {
        do throws(ParquetError) {
            return try body()
        } catch {
            if case .unsupported(let reason) = error {
                throw .refused(
                    Diagnostic(
                        .unsupported,
                        "the data file \(path) cannot be "
                            + "\(refusesFinerTimes ? "written anew" : "read"): \(reason)",
                        hint: "use an engine that has such values"))
            }
            throw .corrupt("the data file \(path) cannot be read: \(error.reason)")
        }
    }

    /// Where the table's columns are in a file; nil for those that it does not hold.
    func places(of columns: [Int], in reader: ParquetReader) -> [Int?] {
        let names = reader.schema.fields.map(\.name)
        return columns.map { column -> Int? in
            partitions.contains(column) ? nil : shapes[column].index(in: names, reader.identities)
        }
    }

    func adapt(
        _ column: Column, _ identities: [ColumnIdentity], to number: Int
    ) throws(ParquetError) -> Column {
        try ColumnAdaption.adapt(
            column, to: schema[number].type, shapes[number], identities, name: schema[number].name)
    }

    /// A column that the file does not hold: its partition's value, or NULL.
    func constant(_ column: Int, of file: AddFile, count: Int) throws(ParquetError) -> Column {
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
