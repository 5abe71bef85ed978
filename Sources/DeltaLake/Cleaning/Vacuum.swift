import Diagnostics
import Storage

/// Deletes what no version needs that is to be kept: superseded data files, what crashes left behind, and
/// commits that are older than the table keeps its history.
///
/// What is deleted is gone for time travel. A run that is stopped half-way has done no harm; the next one
/// goes on. Others may read and write the table meanwhile.
public struct Vacuum: Sendable {
    public let table: DeltaTable

    public init(_ table: DeltaTable) { self.table = table }

    /// What was deleted, or would be.
    public struct Report: Sendable {
        /// The moment whose version is the first that is kept, in milliseconds since the epoch.
        public let oldest: Int64
        public let dataFiles: [StoredObject]
        public let logFiles: [StoredObject]

        /// Bytes of all of them.
        public var bytes: Int { (dataFiles + logFiles).reduce(0) { $0 + $1.size } }
    }

    /// Reads the whole log: checkpoints do not remember every removal.
    /// - Parameters:
    ///   - retention: milliseconds; the table's `delta.deletedFileRetentionDuration` when nil.
    ///   - isDryRun: whether to find only, and delete nothing.
    public func run(retention: Int64? = nil, isDryRun: Bool = false) throws(DeltaError) -> Report {
        let snapshot = try table.refresh()
        try snapshot.tableProtocol.checkWriterFeatures(at: table.store.location)
        let now = table.environment.clock()
        let own = TableProperties.deletedFileRetention(snapshot.metadata)
        let oldest = now - (retention ?? own)
        var use = FileUse(snapshot, at: table.store.location, oldest: oldest, now: now, slack: 0)
        let listed = try FolderListing.objects(table.store, newest: snapshot.version)
        let reader = LogReader(store: table.store)
        for object in listed {
            guard case .commit(let version)? = LogFile(name: object.name),
                let actions = try reader.commit(version)
            else { continue }
            for case .remove(let file) in actions {
                // What counts is when the commit came, whatever time the removal itself has.
                if object.modified >= oldest { use.keep(file) } else { use.release(file) }
            }
        }
        let report = Report(
            oldest: oldest, dataFiles: listed.filter { use.isUnused($0) },
            logFiles: ExpiredLog.objects(listed, snapshot.metadata, now: now))
        guard !isDryRun else { return report }
        // Data first: a version that is left in the log without its files says so when it is asked for.
        do throws(StorageError) {
            for object in report.dataFiles + report.logFiles { try table.store.delete(object.name) }
        } catch {
            throw .storage(error, doing: "deleting unused files")
        }
        return report
    }
}
