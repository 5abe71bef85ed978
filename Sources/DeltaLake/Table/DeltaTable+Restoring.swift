import Diagnostics
import Storage

extension DeltaTable {
    /// What a restore has changed.
    public struct Restoration: Sendable {
        /// The version that is like the wanted one; nil where the table was like it already.
        public let version: Int64?
        public let filesAdded: Int
        public let filesRemoved: Int
    }

    /// Makes the table like it was at `version`, by a new version: its rows, columns and properties.
    ///
    /// How far applications have come stays: what they have committed since then does not come again.
    /// Throws where a data file of that version is gone.
    public func restore(to version: Int64) throws(DeltaError) -> Restoration {
        let wanted = try snapshot(at: version)
        try checkFiles(of: wanted)
        let current = try refresh()
        let added = wanted.liveFiles.filter { current.files[$0.key] == nil }
        let removed = current.liveFiles.filter { wanted.files[$0.key] == nil }
        let isSame = added.isEmpty && removed.isEmpty && wanted.metadata == current.metadata
        if isSame { return Restoration(version: nil, filesAdded: 0, filesRemoved: 0) }
        let now = environment.clock()
        var actions: [Action] = removed.map { .remove($0.removed(at: now, dataChange: true)) }
        for var file in added {
            file.dataChange = true
            actions.append(.add(file))
        }
        if wanted.metadata != current.metadata { actions.append(.metadata(wanted.metadata)) }
        let outcome = try commit(
            CommitProposal(
                actions: actions, version: current.version, metadata: current.metadata,
                operation: "RESTORE", parameters: ["version": String(version)],
                notes: [
                    "numRestoredFiles": Int64(added.count), "numRemovedFiles": Int64(removed.count),
                ], basis: .wholeTable, addsNewRows: false))
        // Somebody who cleans up may have been faster.
        try checkFiles(of: wanted)
        return Restoration(
            version: outcome.version, filesAdded: added.count, filesRemoved: removed.count)
    }

    /// Throws unless all data files of a version are there.
    private func checkFiles(of snapshot: Snapshot) throws(DeltaError) {
        let names: Set<String>
        do throws(StorageError) {
            names = Set(try store.list(prefix: "", after: nil).map(\.name))
        } catch {
            throw .storage(error, doing: "listing the table's files")
        }
        let missing = snapshot.liveFiles.filter { file in
            FilePath.name(of: file.path, in: store.location).map { !names.contains($0) } ?? false
        }
        guard let first = missing.first else { return }
        throw .refused(
            Diagnostic(
                .notFound,
                "version \(snapshot.version) of the table at \(store.location) is no longer whole: "
                    + "\(missing.count) of its \(snapshot.fileCount) data files are gone, such as "
                    + FilePath.decoded(first.path),
                hint: "choose a later version; a longer 'retention' keeps files for longer"))
    }
}

extension AddFile {
    /// The action that takes the file out of the table.
    /// - Parameter timestamp: milliseconds since the epoch.
    func removed(at timestamp: Int64, dataChange: Bool) -> RemoveFile {
        RemoveFile(
            path: path, deletionTimestamp: timestamp, dataChange: dataChange,
            partitionValues: partitionValues, size: size, deletionVector: deletionVector)
    }
}
