import Columnar
import DeltaLake
import Diagnostics
import Runtime
import Synchronization

/// The changes of one epoch on their way into a Delta table.
final class DeltaTableEpoch: SinkEpoch {
    let lastEpochWithRows: Int64?
    private let number: Int64
    private let columns: DeltaSinkSchema
    private let writer: UpsertWriter?
    /// Empty once they are committed.
    private let changes: Mutex<[ChangeBatch]>

    init(
        _ number: Int64, _ changes: [ChangeBatch], _ columns: DeltaSinkSchema, _ writer: UpsertWriter?,
        lastEpochWithRows: Int64?
    ) {
        self.number = number
        self.columns = columns
        self.writer = writer
        self.changes = Mutex(changes)
        self.lastEpochWithRows = lastEpochWithRows
    }

    func prepare() throws(SinkError) {}

    func commit(_ commit: SinkCommit) throws(SinkError) {
        let changes = changes.withLock { $0 }
        guard !changes.isEmpty, let writer else { return }
        let (upserts, deletes) = split(changes)
        _ = try DeltaTarget.attempting { () throws(DeltaError) in
            try writer.commit(
                epoch: number, upserts: upserts, deletes: deletes, sealBefore: commit.settledBefore,
                notes: commit.notes)
        }
        self.changes.withLock { $0 = [] }
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
}
