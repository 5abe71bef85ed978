import Storage

/// What a table object knows, guarded by its lock.
struct TableState: Sendable {
    var snapshot: Snapshot
    /// The version of the last checkpoint, written or begun.
    var lastCheckpoint: Int64
    /// nil where nobody cleans up.
    var superseded: SupersededFiles?
    /// Names of files that are being written and wait for their commit; kept where somebody cleans up.
    var pending: Set<String> = []
    /// Keys of files whose rows cannot be written anew without loss.
    var leftAlone: Set<String> = []
    let clock: @Sendable () -> Int64

    /// Reads the commits behind the snapshot.
    mutating func refresh(_ reader: LogReader) throws(DeltaError) {
        while let actions = try reader.commit(snapshot.version + 1) { try take(actions, reader) }
    }

    /// Applies the commit behind the snapshot.
    mutating func take(_ actions: [Action], _ reader: LogReader) throws(DeltaError) {
        snapshot.apply(actions, version: snapshot.version + 1)
        superseded?.note(actions, now: clock())
        if !pending.isEmpty {
            for case .add(let file) in actions { pending.remove(FilePath.decoded(file.path)) }
        }
        try snapshot.tableProtocol.checkReadable(snapshot.metadata, at: reader.store.location)
    }

    /// Of several writers the one whose commit has a round number writes the checkpoint.
    var isCheckpointTurn: Bool {
        snapshot.version % max(1, TableProperties.checkpointInterval(snapshot.metadata)) == 0
    }

    /// After a number of commits, and at most one row of a checkpoint for every few thousandths of a commit:
    /// a table of a million files is not written out every ten commits.
    var isCheckpointDue: Bool {
        let commits = snapshot.version - lastCheckpoint
        let interval = TableProperties.checkpointInterval(snapshot.metadata)
        let rows = Int64(snapshot.fileCount + snapshot.removed.count)
        return commits >= interval && commits * 500 >= rows
    }
}
