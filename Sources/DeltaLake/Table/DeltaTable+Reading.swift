import Columnar
import Diagnostics
import Formats
import Storage

extension DeltaTable {
    /// The data files of a snapshot with their partition values, for engines that read Parquet themselves.
    public func liveFiles(_ snapshot: Snapshot) -> [LiveFile] {
        snapshot.liveFiles.map { file in
            let name =
                FilePath.isAbsolute(file.path)
                ? FilePath.decoded(file.path) : Path.join(store.location, FilePath.decoded(file.path))
            return LiveFile(
                path: name,
                partitionValues: snapshot.metadata.partitionColumns.map { column in
                    (column, file.partitionValues[snapshot.metadata.partitionKey(column)] ?? nil)
                },
                rowCount: file.rowCount, size: file.size, statistics: file.stats,
                hasDeletedRows: file.deletionVector != nil)
        }
    }

    /// Which rows of each live file are deleted, by their places in the file, ascending; in the order of
    /// `liveFiles`.
    public func deletedRows(_ snapshot: Snapshot) throws(DeltaError) -> [[Range<Int64>]] {
        var deleted: [[Range<Int64>]] = []
        for file in snapshot.liveFiles {
            guard file.deletionVector != nil else {
                deleted.append([])
                continue
            }
            guard let vector = file.vector else {
                throw .corrupt(
                    "the log of the table at \(store.location) has a deletion vector of no known kind")
            }
            deleted.append(try vector.rows(in: store).runs)
        }
        return deleted
    }

    /// Rows of a snapshot by its statistics; nil when a file has none.
    public func rowCount(_ snapshot: Snapshot) -> Int? {
        var total = 0
        for file in snapshot.liveFiles {
            guard let rows = file.rowCount else { return nil }
            total += rows
        }
        return total
    }

    /// All rows of a snapshot, file by file, each batch with the table's columns.
    /// - Parameter body: may throw to stop.
    public func forEachBatch(
        of snapshot: Snapshot, _ body: (Batch) throws(DeltaError) -> Void
    ) throws(DeltaError) {
        let reader = try TableReader(store: store, metadata: snapshot.metadata)
        for file in snapshot.liveFiles {
            for batch in try reader.read(file) { try body(batch) }
        }
    }

    /// All rows of a snapshot in memory.
    public func readAll(_ snapshot: Snapshot) throws(DeltaError) -> [Batch] {
        var batches: [Batch] = []
        try forEachBatch(of: snapshot) { (batch) throws(DeltaError) in batches.append(batch) }
        return batches
    }

    /// What each commit was, the newest first.
    public func history(limit: Int = .max) throws(DeltaError) -> [CommitSummary] {
        let reader = LogReader(store: store)
        var commits: [(version: Int64, modified: Int64)] = []
        for (file, object) in try reader.list(from: nil) {
            if case .commit(let version) = file { commits.append((version, object.modified)) }
        }
        var result: [CommitSummary] = []
        for (version, modified) in commits.reversed().prefix(limit) {
            guard let actions = try reader.commit(version) else { continue }
            result.append(CommitSummary(actions, version: version, modified: modified))
        }
        return result
    }
}

extension CommitSummary {
    init(_ actions: [Action], version: Int64, modified: Int64) {
        var info: JSONValue?
        var added: [AddFile] = []
        var removed = 0
        var transactions: [SetTransaction] = []
        for action in actions {
            switch action {
            case .commitInfo(let value): info = value
            case .add(let file): added.append(file)
            case .remove: removed += 1
            case .transaction(let value): transactions.append(value)
            default: break
            }
        }
        let parameters = info?["operationParameters"]?.members?.map { member in
            (member.name, member.value.string ?? member.value.text)
        }
        var notes: [String: Int64] = [:]
        for member in info?["operationMetrics"]?.members ?? [] {
            if let count = member.value.int64 ?? member.value.string.flatMap({ Int64($0) }) {
                notes[member.name] = count
            }
        }
        self.init(
            version: version, timestamp: info?["timestamp"]?.int64 ?? modified,
            operation: info?["operation"]?.string,
            parameters: Dictionary(parameters ?? [], uniquingKeysWith: { _, last in last }),
            notes: notes, filesAdded: added.count, filesRemoved: removed,
            rowsAdded: added.reduce(0) { $0 + (FileStats.rowCount($1.stats) ?? 0) },
            transactions: transactions)
    }
}
