import Diagnostics
import Storage

/// What is removed is gone for time travel: nothing here runs unless it is asked for.
extension DeltaTable {
    /// Deletes data files that no version since `retention` uses, and what crashes have left behind.
    ///
    /// A file goes when it is in no version that is younger than the retention, and was written before it.
    /// Epochs that are being written are safe as long as they are shorter than the retention.
    /// - Parameter retention: milliseconds; the table's `delta.deletedFileRetentionDuration` (a week) when
    ///   nil.
    /// - Returns: the names of what was deleted.
    public func deleteUnusedFiles(retention: Int64? = nil) throws(DeltaError) -> [String] {
        let snapshot = try refresh()
        let oldest =
            environment.clock() - (retention ?? TableProperties.deletedFileRetention(snapshot.metadata))
        var used: Set<String> = []
        for file in snapshot.liveFiles { if let name = name(file.path) { used.insert(name) } }
        for file in snapshot.removed.values where (file.deletionTimestamp ?? .max) >= oldest {
            if let name = name(file.path) { used.insert(name) }
        }
        do throws(StorageError) {
            var deleted: [String] = []
            for object in try store.list(prefix: "", after: nil)
            where object.modified < oldest && DeltaTable.isDataFile(object.name)
                && !used.contains(object.name)
            {
                try store.delete(object.name)
                deleted.append(object.name)
            }
            return deleted
        } catch {
            throw .storage(error, doing: "deleting unused files")
        }
    }

    private func name(_ path: String) -> String? { FilePath.name(of: path, in: store.location) }

    /// Not the log, nor what other engines keep beside the data under names with `_`.
    private static func isDataFile(_ name: String) -> Bool {
        name.split(separator: "/").allSatisfy { part in
            part.utf8.first != UInt8(ascii: "_") || part.utf8.contains(UInt8(ascii: "="))
        }
    }

    /// Deletes commits and checkpoints that are older than the table's `delta.logRetentionDuration`, where
    /// the table asks for it with `delta.enableExpiredLogCleanup = true`; never what the versions since then
    /// are built on.
    func deleteExpiredLog() throws(DeltaError) {
        let metadata = snapshot.metadata
        guard let retention = TableProperties.logRetention(metadata) else { return }
        let oldest = environment.clock() - retention
        let files = try LogReader(store: store).list(from: nil)
        // The newest checkpoint that is old enough carries all versions behind it.
        let base = files.filter { entry in
            if case .checkpoint = entry.file { entry.object.modified < oldest } else { false }
        }.map(\.file.version).max()
        guard let base else { return }
        do throws(StorageError) {
            for (file, object) in files where file.version < base && object.modified < oldest {
                try store.delete(object.name)
            }
        } catch {
            throw .storage(error, doing: "deleting old commits")
        }
    }
}
