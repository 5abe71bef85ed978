import Columnar
import Diagnostics
import Formats
import Storage
import Synchronization

/// A Delta table in an object store whose root is the table's folder.
///
/// Holds the newest snapshot it knows, moves it forward commit by commit, and commits with optimistic
/// concurrency. Safe to use from many threads; commits through one object stand in line.
public final class DeltaTable: Sendable {
    public let store: any ObjectStore
    let environment: TableEnvironment
    private let state: Mutex<TableState>

    /// Writes a checkpoint every so many commits, unless the table's `delta.checkpointInterval` says
    /// otherwise.
    static let defaultCheckpointInterval: Int64 = 10

    private init(store: any ObjectStore, environment: TableEnvironment, snapshot: Snapshot) {
        self.store = store
        self.environment = environment
        state = Mutex(
            TableState(
                snapshot: snapshot, lastCheckpoint: max(0, snapshot.checkpointVersion),
                clock: environment.clock))
    }

    /// The table that is there; `missing` when there is none.
    public static func open(
        _ store: any ObjectStore, environment: TableEnvironment = .system
    ) throws(DeltaError) -> DeltaTable {
        guard let table = try openIfPresent(store, environment: environment) else {
            throw .missing(
                Diagnostic(
                    .notFound, "there is no Delta table at \(store.location)",
                    expected: "a folder with _delta_log", hint: "check the path, or create the table first"))
        }
        return table
    }

    public static func openIfPresent(
        _ store: any ObjectStore, environment: TableEnvironment = .system
    ) throws(DeltaError) -> DeltaTable? {
        guard let snapshot = try LogReader(store: store).load() else { return nil }
        try snapshot.tableProtocol.checkReadable(snapshot.metadata, at: store.location)
        return DeltaTable(store: store, environment: environment, snapshot: snapshot)
    }

    /// The table, made now if it is not there; one that is there must have the partition columns of
    /// `definition`.
    public static func openOrCreate(
        _ store: any ObjectStore, _ definition: TableDefinition, environment: TableEnvironment = .system
    ) throws(DeltaError) -> DeltaTable {
        let table: DeltaTable
        if let present = try openIfPresent(store, environment: environment) {
            table = present
        } else if try create(store, definition, environment) {
            return try open(store, environment: environment)
        } else {
            // Somebody else made it first.
            table = try open(store, environment: environment)
        }
        let partitions = table.snapshot.metadata.partitionColumns
        guard partitions.map({ $0.lowercased() }) == definition.partitionColumns.map({ $0.lowercased() })
        else {
            throw .refused(
                Diagnostic(
                    .schemaMismatch,
                    "the table at \(store.location) is partitioned by \(DeltaTable.list(partitions)), not by "
                        + DeltaTable.list(definition.partitionColumns),
                    expected: DeltaTable.list(partitions),
                    hint: "set 'partition.by' to the table's columns, or write to another path"))
        }
        return table
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "nothing" : names.joined(separator: ", ")
    }

    /// False when somebody else has made a table there meanwhile.
    private static func create(
        _ store: any ObjectStore, _ definition: TableDefinition, _ environment: TableEnvironment
    ) throws(DeltaError) -> Bool {
        let metadata = try NewTable.metadata(definition, environment, at: store.location)
        let proposal: [Action] = [
            .commitInfo(
                CommitInfo.value(
                    operation: "CREATE TABLE", parameters: [:], isBlindAppend: true, readVersion: nil,
                    identifier: environment.identifier(), timestamp: environment.clock())),
            .tableProtocol(TableProtocol().supporting(metadata)), .metadata(metadata),
        ]
        do throws(StorageError) {
            try store.putIfAbsent(LogFile.commitName(0), bytes: Action.commitBytes(proposal))
            return true
        } catch .exists {
            return false
        } catch {
            throw .storage(error, doing: "creating the table")
        }
    }

    /// The newest state that this object knows; `refresh` looks for a newer one.
    public var snapshot: Snapshot { state.withLock { $0.snapshot } }

    /// Takes in what others have committed.
    @discardableResult public func refresh() throws(DeltaError) -> Snapshot {
        let reader = LogReader(store: store)
        return try state.withLock { state throws(DeltaError) in
            try state.refresh(reader)
            return state.snapshot
        }
    }

    /// The table as it was at a version.
    public func snapshot(at version: Int64) throws(DeltaError) -> Snapshot {
        let current = snapshot
        if version == current.version { return current }
        guard let found = try LogReader(store: store).load(at: version) else {
            throw .missing(Diagnostic(.notFound, "there is no Delta table at \(store.location) any more"))
        }
        try found.tableProtocol.checkReadable(found.metadata, at: store.location)
        return found
    }

    /// The table as it was at a time, in milliseconds since the epoch: its last version of then or before.
    public func snapshot(atTime timestamp: Int64) throws(DeltaError) -> Snapshot {
        let properties = snapshot.metadata.configuration
        let isTold = properties["delta.enableInCommitTimestamps"] == "true"
        let toldFrom = properties["delta.inCommitTimestampEnablementVersion"].flatMap { Int64($0) } ?? 0
        return try snapshot(
            at: LogReader(store: store).version(at: timestamp, toldFrom: isTold ? toldFrom : nil))
    }

    /// The step that the application has last committed to this table.
    public func lastCommitted(_ appId: String) -> Int64? {
        state.withLock { $0.snapshot.lastCommitted(appId) }
    }

    // MARK: Committing

    /// Makes the proposal the table's next version.
    ///
    /// Whoever is first has the next version; the others read what the winner did and, where their change can
    /// stand beside it, try the version after that. A step that is in the log already is not committed again.
    func commit(_ proposal: CommitProposal) throws(DeltaError) -> CommitOutcome {
        let (version, isRepeated) = try state.withLock { state throws(DeltaError) in
            try Committer(store: store, environment: environment).commit(proposal, &state)
        }
        var failure: DeltaError?
        do throws(DeltaError) {
            try checkpointIfDue(isShared: proposal.writer?.service != nil)
        } catch {
            // The commit stands whatever becomes of the checkpoint.
            failure = error
        }
        return CommitOutcome(version: version, isRepeated: isRepeated, checkpointFailure: failure)
    }

    // MARK: Checkpoints

    /// - Parameter isShared: other tasks of the same service write checkpoints too.
    private func checkpointIfDue(isShared: Bool) throws(DeltaError) {
        let due = state.withLock { state -> Snapshot? in
            guard state.isCheckpointDue, !isShared || state.isCheckpointTurn else { return nil }
            // Others that commit meanwhile need not write it too.
            state.lastCheckpoint = state.snapshot.version
            return state.snapshot
        }
        if let due { try checkpoint(due) }
    }

    /// Writes a checkpoint of the newest known version, whether one is due or not.
    public func checkpoint() throws(DeltaError) {
        try checkpoint(state.withLock { $0.snapshot })
    }

    private func checkpoint(_ snapshot: Snapshot) throws(DeltaError) {
        var snapshot = snapshot
        let retention = TableProperties.deletedFileRetention(snapshot.metadata)
        snapshot.forgetRemoved(before: environment.clock() - retention)
        let written = try CheckpointWriter.write(snapshot)
        let hint: JSONValue = [
            "version": .integer(snapshot.version), "size": .integer(Int64(written.actions)),
            "sizeInBytes": .integer(Int64(written.file.size)),
            "numOfAddFiles": .integer(Int64(snapshot.fileCount)),
        ]
        do throws(StorageError) {
            try written.file.withBytes { bytes throws(StorageError) in
                try store.put(LogFile.checkpointName(snapshot.version), bytes)
            }
            try store.put(LogFile.lastCheckpoint, bytes: Array(hint.text.utf8))
        } catch {
            throw .storage(error, doing: "writing a checkpoint")
        }
        let retained = environment.clock() - retention
        state.withLock { state in
            // Only what the checkpoint forgot too: memory must not grow with every file that ever was.
            state.snapshot.forgetRemoved(before: retained)
        }
    }

    /// Joins the file with no other from now on.
    func leaveAlone(_ file: AddFile) { state.withLock { _ = $0.leftAlone.insert(file.key) } }

    /// Keys of files that are joined with no other.
    var leftAlone: Set<String> { state.withLock { $0.leftAlone } }

    // MARK: Cleaning up

    /// Tells that a file is about to be written, which no version knows of before its commit.
    func notePending(_ name: String) {
        state.withLock { state in
            if state.superseded != nil { state.pending.insert(name) }
        }
    }

    /// The newest known state, and the files that wait to become part of the next ones.
    var cleaningState: (snapshot: Snapshot, pending: Set<String>) {
        state.withLock { ($0.snapshot, $0.pending) }
    }

    /// From now on remembers the files that commits remove, until they are forgotten.
    func keepSuperseded() {
        state.withLock { state in
            if state.superseded == nil { state.superseded = SupersededFiles() }
        }
    }

    /// The files that were removed first, and before `timestamp`; at most `count` of them.
    func superseded(before timestamp: Int64, atMost count: Int) -> [SupersededFiles.Entry] {
        state.withLock { $0.superseded?.due(before: timestamp, atMost: count) ?? [] }
    }

    func forgetSuperseded(_ count: Int) { state.withLock { $0.superseded?.forget(count) } }
}
