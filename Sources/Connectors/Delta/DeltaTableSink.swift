import Columnar
import DeltaLake
import Diagnostics
import Runtime
import Storage
import Synchronization

/// Keeps a Delta table equal to a table of the pipeline: one row for each key, upserted by epoch.
final class DeltaTableSink: Sink {
    private struct Open {
        var epoch: Int64 = 0
        var isSkipped = false
        var changes: [ChangeBatch] = []
    }

    let name: String
    private let target: DeltaTarget
    private let columns: DeltaSinkSchema
    private let isWindowed: Bool
    private let writer = Mutex<UpsertWriter?>(nil)
    private let open = Mutex(Open())

    init(name: String, target: DeltaTarget, columns: DeltaSinkSchema, isWindowed: Bool) {
        self.name = name
        self.target = target
        self.columns = columns
        self.isWindowed = isWindowed
    }

    var lastEpochWithRows: Int64? {
        let (epoch, hasChanges) = open.withLock { ($0.epoch, !$0.changes.isEmpty) }
        return hasChanges ? epoch : writer.withLock { $0?.lastCommitted }
    }

    func open(_ context: SinkContext, expectedEpoch: Int64?, openEpoch: Int64) throws(SinkError) {
        let identity = DeltaTarget.identity(context.applicationID)
        let (target, columns, isWindowed) = (target, columns, isWindowed)
        let made = try DeltaTarget.attempting { () throws(DeltaError) in
            let writer = try UpsertWriter(
                try target.table(columns.schema), schema: columns.schema, key: columns.keyNames,
                window: isWindowed ? DeltaSinkSchema.windowEnd : nil, identity: identity,
                options: UpsertOptions(write: target.options))
            try writer.verify(expectedEpoch: expectedEpoch, openEpoch: openEpoch)
            return writer
        }
        writer.withLock { $0 = made }
    }

    func begin(epoch: Int64, clock: Int64) throws(SinkError) {
        let committed = writer.withLock { $0?.lastCommitted } ?? 0
        open.withLock { $0 = Open(epoch: epoch, isSkipped: committed >= epoch) }
    }

    func write(_ rows: StreamRows) { preconditionFailure("a table has changes, not rows") }

    func write(_ changes: ChangeBatch) {
        open.withLock { if !$0.isSkipped { $0.changes.append(changes) } }
    }

    func prepare() throws(SinkError) {}

    func commit(_ commit: SinkCommit) throws(SinkError) {
        let (epoch, changes, isSkipped) = open.withLock { ($0.epoch, $0.changes, $0.isSkipped) }
        guard !isSkipped, !changes.isEmpty, let writer = writer.withLock({ $0 }) else { return }
        let (upserts, deletes) = split(changes)
        _ = try DeltaTarget.attempting { () throws(DeltaError) in
            try writer.commit(
                epoch: epoch, upserts: upserts, deletes: deletes, sealBefore: commit.settledBefore,
                notes: commit.notes)
        }
        open.withLock { $0 = Open(epoch: epoch, isSkipped: true) }
    }

    /// Rows that are there after the epoch, and keys that are gone: of several changes of a key the last
    /// counts.
    private func split(_ changes: [ChangeBatch]) -> (upserts: [Batch], deletes: [Batch]) {
        let coalesced = changes.count == 1 ? changes : [ChangeBatch.lastOfEachKey(changes)]
        var upserts: [Batch] = []
        var deletes: [Batch] = []
        for batch in coalesced {
            let rows = columns.batch(batch.new, count: batch.count)
            guard let presence = batch.newPresence else {
                upserts.append(rows)
                continue
            }
            let present = Selection(ones: presence)
            let absent = Selection(ones: presence.inverted)
            if present.count > 0 { upserts.append(rows.gather(present)) }
            if absent.count > 0 { deletes.append(rows.gather(absent)) }
        }
        return (upserts, deletes)
    }

    func abandon() { open.withLock { $0 = Open() } }

    func maintain() throws(SinkError) {}
}
