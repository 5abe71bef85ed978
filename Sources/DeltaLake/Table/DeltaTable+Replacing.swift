import Columnar
import Diagnostics
import Storage

extension DeltaTable {
    /// How often a replacement is made again because somebody else changed the table meanwhile.
    private static let replacements = 20

    /// Puts the rows of another table in the place of all rows of this one, by one commit.
    ///
    /// The files of `staged` must be in this table's folder already, under the names that they have in their
    /// own. Columns and partitions become those of `staged`; the table keeps its identity and properties.
    /// Commits nothing where the application's step is in the log already.
    ///
    /// - Parameters:
    ///   - application: as the log names it; `step` is behind all of its steps in the log.
    ///   - reason: parameters of the operation for the table's history.
    public func replaceRows(
        with staged: Snapshot, application: String, step: Int64, reason: [String: String]
    ) throws(DeltaError) -> CommitOutcome {
        var last: DeltaError?
        for _ in 0..<DeltaTable.replacements {
            let current = try refresh()
            let now = environment.clock()
            var actions = current.liveFiles.map { Action.remove($0.removed(at: now, dataChange: true)) }
            for var file in staged.liveFiles {
                file.dataChange = true
                // Its age counts from now on, for those who clean up.
                file.modificationTime = now
                actions.append(.add(file))
            }
            let metadata = DeltaTable.metadata(current.metadata, with: staged.metadata)
            if metadata != current.metadata {
                actions.append(.metadata(metadata))
                let needed = current.tableProtocol.supporting(metadata)
                if needed != current.tableProtocol { actions.append(.tableProtocol(needed)) }
            }
            do throws(DeltaError) {
                return try commit(
                    CommitProposal(
                        actions: actions, version: current.version, metadata: current.metadata,
                        operation: "REPLAY", parameters: reason,
                        notes: ["rows": Int64(rowCount(staged) ?? 0)], basis: .wholeTable,
                        step: SetTransaction(appId: application, version: step, lastUpdated: now)))
            } catch {
                guard case .conflict = error else { throw error }
                last = error
            }
        }
        throw last
            ?? .unavailable(Diagnostic(.conflict, "the table at \(store.location) is always changing"))
    }

    /// Adds the rows of another table to those of this one, by one commit; else as `replaceRows`.
    public func appendRows(
        of staged: Snapshot, application: String, step: Int64, reason: [String: String]
    ) throws(DeltaError) -> CommitOutcome {
        let current = try refresh()
        let now = environment.clock()
        let actions = staged.liveFiles.map { file -> Action in
            var file = file
            file.dataChange = true
            file.modificationTime = now
            return .add(file)
        }
        return try commit(
            CommitProposal(
                actions: actions, version: current.version, metadata: current.metadata, operation: "REPLAY",
                parameters: reason, notes: ["rows": Int64(rowCount(staged) ?? 0)], basis: .nothing,
                step: SetTransaction(appId: application, version: step, lastUpdated: now)))
    }

    /// The first one's identity with the columns and partitions of the other.
    private static func metadata(_ own: TableMetadata, with other: TableMetadata) -> TableMetadata {
        if own.hasColumns(of: other) { return own }
        var changed = own.with(other.schema)
        changed.partitionColumns = other.partitionColumns
        return changed
    }

    /// Throws, with what to do, where all rows of the table may not be replaced.
    public func checkReplaceable() throws(DeltaError) {
        let current = snapshot
        try current.tableProtocol.checkWritable(current.metadata, removing: true, at: store.location)
    }

    /// The name in the store of a data file.
    public func fileName(_ file: AddFile) throws(DeltaError) -> String {
        guard let name = FilePath.name(of: file.path, in: store.location) else {
            throw .unsupported("the file \(file.path) outside of it", at: store.location, doing: "moved")
        }
        return name
    }
}

extension DeltaTable {
    /// The newest version in which an application had come no further than `step`.
    ///
    /// Looks back from the newest one, and not far: the newest version where that does not suffice.
    public func snapshot(at application: String, step: Int64) throws(DeltaError) -> Snapshot {
        let newest = try refresh()
        guard let last = newest.lastCommitted(application), last > step else { return newest }
        // Mostly a few commits back.
        for limit in [16, 4096] {
            // Commits come the newest first: the one that went too far last is the first to be left out.
            var first = newest.version + 1
            for commit in try history(limit: limit) {
                guard let own = commit.transactions.first(where: { $0.appId == application }) else {
                    continue
                }
                if own.version <= step { return try snapshot(at: first - 1) }
                first = commit.version
            }
        }
        return newest
    }
}
