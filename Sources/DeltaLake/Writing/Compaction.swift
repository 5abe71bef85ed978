import Columnar
import Diagnostics
import Parquet
import Storage

/// Joins small files of an append table into larger ones, a bounded piece of work at a time.
///
/// Files of one partition and of about one size are joined when enough of them have gathered, so that a row
/// is written again only a few times, however long the stream runs (sizes grow by the number of files that
/// are joined). The commit changes no row (`dataChange` is false), stands beside appends of others, and is
/// given up when somebody else has replaced one of its files meanwhile.
public struct Compaction: Sendable {
    public let table: DeltaTable
    public var options: WriteOptions
    /// So many files of one size in one partition are joined.
    public var fileCount: Int
    /// Files of this many bytes or more are left alone: engines read them well, and writing them again costs
    /// more than it gives.
    public var smallFileBytes: Int
    /// One run reads at most about so many bytes.
    public var runBytes: Int
    /// Whether files are joined whatever their sizes, and files with deleted rows written anew even alone.
    public var isThorough = false

    /// - Parameter fileCount: so many files of about one size must have gathered.
    public init(
        _ table: DeltaTable, options: WriteOptions = WriteOptions(), fileCount: Int = 8,
        smallFileBytes: Int = 8 << 20, runBytes: Int = 128 << 20
    ) {
        self.table = table
        self.options = options
        self.fileCount = fileCount
        self.smallFileBytes = smallFileBytes
        self.runBytes = runBytes
    }

    /// What a run has done.
    public struct Report: Sendable {
        public let filesJoined: Int
        public let filesWritten: Int
        public let bytesRead: Int
        /// The version that holds the joined files; nil when there was nothing to do, or it was given up.
        public let version: Int64?
    }

    /// Joins what is worth joining, if anything is. For any thread; others may write to the table at the same
    /// time.
    ///
    /// Looking is cheap: calling it every few epochs keeps the number of files in check.
    @discardableResult public func runIfDue() throws(DeltaError) -> Report {
        let snapshot = table.snapshot
        let chosen = choose(snapshot)
        if chosen.isEmpty { return Report(filesJoined: 0, filesWritten: 0, bytesRead: 0, version: nil) }
        // The rows are in the table already: what is demanded of new ones does not matter.
        try snapshot.tableProtocol.checkRewritable(snapshot.metadata, at: table.store.location)
        let reader = try TableReader(store: table.store, metadata: snapshot.metadata, forRewriting: true)
        let plan = try DataFilePlan(
            sink: reader.schema, metadata: snapshot.metadata, options: options, at: table.store.location)
        let writer = DataFileWriter(
            plan, DataFilePlacer(table, epoch: 0, dataChange: false, compression: options.compression))
        for file in chosen {
            do throws(DeltaError) {
                for batch in try reader.read(file) { try writer.add(batch) }
            } catch {
                guard case .refused = error else { throw error }
                // Its rows would lose something: it stays as it is, and the others have their turn.
                for file in try writer.finish() { try? table.store.delete(FilePath.decoded(file.add.path)) }
                table.leaveAlone(file)
                return try runIfDue()
            }
        }
        let files = try writer.finish()
        let removed = chosen.map { file in
            Action.remove(file.removed(at: table.environment.clock(), dataChange: false))
        }
        let bytes = chosen.reduce(0) { $0 + Int($1.size) }
        do throws(DeltaError) {
            let outcome = try table.commit(
                CommitProposal(
                    actions: removed + files.map { .add($0.add) }, version: snapshot.version,
                    metadata: snapshot.metadata, operation: "OPTIMIZE",
                    parameters: ["auto": String(!isThorough)], basis: .removedFiles,
                    addsNewRows: false))
            return Report(
                filesJoined: chosen.count, filesWritten: files.count, bytesRead: bytes,
                version: outcome.version)
        } catch {
            guard case .conflict = error else { throw error }
            for file in files { try? table.store.delete(FilePath.decoded(file.add.path)) }
            return Report(filesJoined: 0, filesWritten: 0, bytesRead: bytes, version: nil)
        }
    }

    /// Joins all that is worth joining, run by run, and writes files with deleted rows anew.
    public static func optimize(
        _ table: DeltaTable, options: WriteOptions = WriteOptions()
    ) throws(DeltaError) -> [Report] {
        var compaction = Compaction(
            table, options: options, fileCount: 2, smallFileBytes: options.targetFileBytes / 2,
            runBytes: 4 * options.targetFileBytes)
        compaction.isThorough = true
        var reports: [Report] = []
        // Each run leaves fewer small files, unless somebody writes faster than this reads.
        for _ in 0..<10_000 {
            try table.refresh()
            let report = try compaction.runIfDue()
            if report.filesJoined == 0, report.bytesRead == 0 { break }
            if report.filesJoined > 0 { reports.append(report) }
        }
        return reports
    }

    /// The files of the run: of the partition and size class with the most files, as many as the run may
    /// read.
    func choose(_ snapshot: Snapshot) -> [AddFile] {
        var classes: [String: [AddFile]] = [:]
        let leftAlone = table.leftAlone
        let live = snapshot.liveFiles.filter { !leftAlone.contains($0.key) }
        if isThorough, let thinned = live.first(where: { $0.deletionVector != nil }) { return [thinned] }
        for file in live where file.size < smallFileBytes && file.deletionVector == nil {
            let partition = file.partitionValues.sorted { $0.key < $1.key }
                .map { "\($0.key)=\($0.value ?? "\u{0}")" }.joined(separator: "\u{1}")
            let size = isThorough ? 0 : sizeClass(file.size)
            classes["\(size) \(partition)", default: []].append(file)
        }
        guard let fullest = classes.max(by: { ($0.value.count, $1.key) < ($1.value.count, $0.key) }),
            fullest.value.count >= max(2, fileCount)
        else { return [] }
        // Oldest first, so that rows keep about the order in which they came.
        var bytes = 0
        var chosen: [AddFile] = []
        let oldest = fullest.value.sorted { ($0.modificationTime, $0.path) < ($1.modificationTime, $1.path) }
        for file in oldest {
            bytes += Int(file.size)
            if !chosen.isEmpty, bytes > runBytes { break }
            chosen.append(file)
        }
        return chosen.count >= 2 ? chosen : []
    }

    /// 0 up to 64 KiB, then one more for each `fileCount`-fold.
    private func sizeClass(_ size: Int64) -> Int {
        var limit: Int64 = 64 << 10
        var number = 0
        while size >= limit {
            limit *= Int64(max(2, fileCount))
            number += 1
        }
        return number
    }
}
