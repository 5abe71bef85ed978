import Columnar
import Parquet

/// One data file of a table, read row group by row group, with some of the table's columns.
///
/// Holds the file's bytes. Rows that are deleted are left out. Used by one thread at a time.
public final class DataFileReader {
    private let table: TableReader
    private let file: AddFile
    private let path: String
    private let reader: ParquetReader
    private let deleted: DeletedRows?
    private let columns: [Int]
    private let places: [Int?]
    /// The number of each row group's first row.
    private let firstRows: [Int64]
    private let schema: Schema

    init(
        _ table: TableReader, _ file: AddFile, _ path: String, _ reader: ParquetReader,
        _ deleted: DeletedRows?, columns: [Int]
    ) {
        self.table = table
        self.file = file
        self.path = path
        self.reader = reader
        self.deleted = deleted
        self.columns = columns
        places = table.places(of: columns, in: reader)
        schema = Schema(columns.map { table.schema[$0] })
        var firstRows: [Int64] = []
        var next: Int64 = 0
        for group in 0..<reader.rowGroupCount {
            firstRows.append(next)
            next += Int64(reader.rowCount(of: group))
        }
        self.firstRows = firstRows
    }

    public var groupCount: Int { reader.rowGroupCount }

    /// The rows of a row group, in their order, in batches of at most `Batch.rowLimit`.
    public func read(_ group: Int) throws(DeltaError) -> [Batch] {
        try table.explaining(path) { () throws(ParquetError) in try rows(of: group) }
    }

    private func rows(of group: Int) throws(ParquetError) -> [Batch] {
        let wanted = Set(places.compactMap { $0 }).sorted()
        var first = firstRows[group]
        var batches: [Batch] = []
        for batch in try reader.read(rowGroup: group, columns: wanted) {
            var result: [Column] = []
            for (index, column) in columns.enumerated() {
                if let source = places[index], let place = wanted.firstIndex(of: source) {
                    result.append(
                        try table.adapt(
                            batch.columns[place], reader.identities[source].children, to: column))
                } else {
                    result.append(try table.constant(column, of: file, count: batch.count))
                }
            }
            let whole = Batch(schema: schema, columns: result, count: batch.count)
            let kept = deleted.flatMap { $0.remaining(from: first, count: batch.count) }
            batches.append(kept.map { whole.gather($0) } ?? whole)
            first += Int64(batch.count)
        }
        return batches
    }
}

extension DeltaTable {
    /// Opens a data file to read some columns of it.
    ///
    /// - Parameters:
    ///   - file: of the snapshot.
    ///   - columns: names of the table's columns, in the order in which batches are to have them.
    ///   - place: the file's name in the store, where it is another than the log's.
    public func reader(
        of file: AddFile, in snapshot: Snapshot, columns: [String], at place: String? = nil
    ) throws(DeltaError) -> DataFileReader {
        var numbers: [Int] = []
        for name in columns {
            guard let number = snapshot.metadata.schema.index(of: name) else {
                throw .corrupt("the table at \(store.location) has no column \(name)")
            }
            numbers.append(number)
        }
        return try TableReader(store: store, metadata: snapshot.metadata).open(
            file, columns: numbers, at: place)
    }

    /// The data files that commits behind `version` have added to the table's rows, up to a snapshot, in the
    /// order of their commits.
    ///
    /// Files that only arrange rows anew are not among them. Throws where a commit is not there any more.
    public func filesAdded(after version: Int64, upTo snapshot: Snapshot) throws(DeltaError) -> [AddFile] {
        let log = LogReader(store: store)
        var files: [AddFile] = []
        var next = version + 1
        while next <= snapshot.version {
            guard let actions = try log.commit(next) else {
                throw .corrupt("the log of the table at \(store.location) lacks version \(next)")
            }
            for case .add(let file) in actions where file.dataChange { files.append(file) }
            next += 1
        }
        return files
    }
}
