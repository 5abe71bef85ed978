import Columnar
import Diagnostics
import Postgres
import Runtime
import Synchronization

/// The rows or changes of one epoch on their way into a table of PostgreSQL.
final class PostgresEpoch: SinkEpoch {
    let lastEpochWithRows: Int64?
    private let number: Int64
    private let clock: Int64
    private let target: TableTarget
    private let writer: TableWriter
    private let refused: RefusedRows

    private struct Content {
        /// Empty once they are prepared.
        var parts: [LatestRows.Part]
        /// nil before they are prepared, and once they are committed.
        var rows: PreparedRows?
    }
    private let content: Mutex<Content>

    init(
        _ number: Int64, clock: Int64, _ parts: [LatestRows.Part], _ target: TableTarget,
        _ writer: TableWriter,
        _ refused: RefusedRows, lastEpochWithRows: Int64?
    ) {
        self.number = number
        self.clock = clock
        self.target = target
        self.writer = writer
        self.refused = refused
        self.lastEpochWithRows = lastEpochWithRows
        content = Mutex(Content(parts: parts))
    }

    /// Encodes; the database is not asked before the state is durable, so that no transaction stays open
    /// while somebody else is waited for.
    func prepare() throws(SinkError) {
        let parts = content.withLock { $0.parts }
        guard !parts.isEmpty else { return }
        let (rows, deletes) = split(parts)
        let prepared = PreparedRows(rows: rows, deletes: deletes)
        writer.prepare(prepared)
        content.withLock { $0 = Content(parts: [], rows: prepared) }
    }

    func commit(_ commit: SinkCommit) throws(SinkError) {
        guard let rows = content.withLock({ $0.rows }) else { return }
        var kept: [RefusedRow] = []
        do throws(PostgresError) {
            try writer.commit(rows, epoch: number) { refusals throws(PostgresError) in
                try refused.keep(refusals, epoch: number, clock: clock)
                kept = refusals
            }
        } catch {
            throw PostgresSink.sinkError(error)
        }
        refused.announce(kept)
        content.withLock { $0.rows = nil }
    }

    private func split(_ parts: [LatestRows.Part]) -> (rows: [Batch], deletes: [Batch]) {
        guard target.mode != .append else { return (gathered(parts), []) }
        let key = target.schema.fields.indices.filter { target.key.contains(target.schema[$0].name) }
        guard let latest = LatestRows.of(parts, key: key) else { return ([], []) }
        guard let presence = latest.presence else { return ([latest.batch], []) }
        let present = Selection(ones: presence)
        let absent = Selection(ones: presence.inverted)
        var deletes: [Batch] = []
        if target.deletes, absent.count > 0 {
            let gone = latest.batch.gather(absent)
            deletes = [
                Batch(
                    schema: Schema(key.map { target.schema[$0] }), columns: key.map { gone.columns[$0] },
                    count: gone.count)
            ]
        }
        return (present.count > 0 ? [latest.batch.gather(present)] : [], deletes)
    }

    /// All rows that are there, in batches of about a piece.
    private func gathered(_ parts: [LatestRows.Part]) -> [Batch] {
        var batches: [Batch] = []
        var waiting: [Batch] = []
        var count = 0
        for part in parts {
            var batch = part.batch
            if let presence = part.presence { batch = batch.gather(Selection(ones: presence)) }
            if batch.count == 0 { continue }
            waiting.append(batch)
            count += batch.count
            guard count >= target.pieceRows else { continue }
            batches.append(Batch.concatenate(waiting))
            waiting = []
            count = 0
        }
        if !waiting.isEmpty { batches.append(Batch.concatenate(waiting)) }
        return batches
    }
}
