import Columnar
import Diagnostics
import Storage
import Synchronization

/// Keeps a table that has at most one row for each key, each epoch exactly once.
///
/// Copy on write with bounded work: a commit reads and writes anew only the files that hold a changed key,
/// and a few small ones to merge. Which file that is stands in a map, rebuilt from the table when it is
/// opened.
///
/// ```
/// open window    hot files (changed last) · cold files (the rest of a file that was touched)
/// closed window  sealed files: not in the map; a late change finds them by their bounds
/// ```
/// Rows lie in the order of their windows, so that files close with them. Deletion vectors are not used,
/// since not all engines read them. Safe to use from many threads; commits stand in line.
///
/// Tasks of one service have different keys, so each has files of its own, which a tag in the log names, and
/// their commits stand beside each other. A file without a tag may hold keys of any of them.
public final class UpsertWriter: Sendable {
    public let table: DeltaTable
    public let identity: SinkIdentity
    public let options: UpsertOptions
    private let keyNames: [String]
    private let windowName: String?
    private let sinkSchema: Schema
    private let state: Mutex<UpsertState>

    /// - Parameters:
    ///   - schema: the columns of the upserted rows.
    ///   - key: the columns that make a key; upserted and deleted rows have them.
    ///   - window: the TIMESTAMP column by which rows are laid out and sealed, such as `window_end`.
    ///   - sealBefore: rows whose window lies before will not change any more.
    public init(
        _ table: DeltaTable, schema: Schema, key: [String], window: String? = nil, identity: SinkIdentity,
        options: UpsertOptions = UpsertOptions(), sealBefore: Int64? = nil
    ) throws(DeltaError) {
        self.table = table
        self.identity = identity
        self.options = options
        keyNames = key
        windowName = window
        sinkSchema = schema
        state = Mutex(
            try UpsertState(
                table: table, schema: schema, key: key, window: window, options: options,
                sealBefore: sealBefore, owner: identity))
    }

    /// Throws when the table holds epochs of another instance, or lacks what the checkpoint says was
    /// committed.
    ///
    /// See ``SinkIdentity/verify(_:expectedEpoch:openEpoch:)``.
    public func verify(expectedEpoch: Int64?, openEpoch: Int64) throws(DeltaError) {
        try identity.verify(table, expectedEpoch: expectedEpoch, openEpoch: openEpoch)
    }

    /// The last epoch in the table's log.
    public var lastCommitted: Int64? { table.lastCommitted(identity.appId) }

    /// Keys and bytes of the map from key to file.
    public var keyMapSize: (keys: Int, bytes: Int) {
        state.withLock { ($0.files.map.count, $0.files.map.byteCount) }
    }

    /// Applies an epoch's changes; nil when there are none, and nothing is written.
    ///
    /// - Parameters:
    ///   - upserts: whole rows; of several rows with one key the last counts.
    ///   - deletes: rows with at least the key columns; a key that is upserted too is not deleted.
    ///   - sealBefore: rows whose window lies before will not change any more; never goes back. Should one
    ///     change after all, its file is found by its bounds.
    ///   - notes: counts that the table's history is to keep, such as late rows.
    public func commit(
        epoch: Int64, upserts: [Batch], deletes: [Batch] = [], sealBefore: Int64? = nil,
        notes: [String: Int64] = [:]
    ) throws(DeltaError) -> CommitOutcome? {
        try state.withLock { state throws(DeltaError) in
            if let sealBefore { state.sealBefore = max(state.sealBefore ?? .min, sealBefore) }
            return try commit(epoch: epoch, upserts, deletes, notes, &state)
        }
    }

    /// How often the work is done again because somebody else changed the table meanwhile.
    private static let attempts = 20

    private func commit(
        epoch: Int64, _ upserts: [Batch], _ deletes: [Batch], _ notes: [String: Int64],
        _ state: inout UpsertState
    ) throws(DeltaError) -> CommitOutcome? {
        var last: DeltaError?
        for _ in 0..<UpsertWriter.attempts {
            try bringUpToDate(&state)
            let step = SetTransaction(
                appId: identity.appId, version: epoch, lastUpdated: table.environment.clock())
            if let committed = table.lastCommitted(identity.appId), committed >= epoch {
                return CommitOutcome(
                    version: table.snapshot.version, isRepeated: true, checkpointFailure: nil)
            }
            let placer = DataFilePlacer(
                table, epoch: epoch, dataChange: true, compression: options.write.compression)
            var rewrite = try UpsertRewrite(state, upserts: upserts, deletes: deletes, placer: placer)
            // Changes that change nothing are still this epoch's: the table must say that it has had it.
            if try !rewrite.run(&state, options), upserts.isEmpty, deletes.isEmpty { return nil }
            do throws(DeltaError) {
                let outcome = try table.commit(
                    CommitProposal(
                        actions: rewrite.actions(state, at: table.environment.clock()),
                        version: state.version, metadata: state.metadata, operation: "STREAMING UPDATE",
                        parameters: [
                            "outputMode": "Update", "queryId": identity.appId, "epochId": String(epoch),
                        ],
                        notes: notes, basis: .wholeTable, step: step, writer: identity))
                if outcome.isRepeated {
                    discard(rewrite)
                    try bringUpToDate(&state)
                } else {
                    state.take(rewrite, version: outcome.version)
                }
                return outcome
            } catch {
                guard case .conflict(let diagnostic) = error else { throw error }
                discard(rewrite)
                last = .conflict(diagnostic)
            }
        }
        throw last
            ?? .unavailable(Diagnostic(.conflict, "the table at \(table.store.location) is always changing"))
    }

    /// Takes in what others, or an earlier try of our own, have committed.
    ///
    /// Where somebody changed the columns, rows are bound anew; throws a diagnostic when they do not fit.
    private func bringUpToDate(_ state: inout UpsertState) throws(DeltaError) {
        if table.snapshot.metadata.hasColumns(of: state.metadata) { return try state.synchronise(table) }
        state = try UpsertState(
            table: table, schema: sinkSchema, key: keyNames, window: windowName, options: options,
            sealBefore: state.sealBefore, owner: identity)
    }

    /// Files of a change that did not happen are in no table; removing them only saves room.
    private func discard(_ rewrite: UpsertRewrite) {
        for file in rewrite.written.map(\.file) + rewrite.feedFiles {
            try? table.store.delete(FilePath.decoded(file.add.path))
        }
    }
}
