import Columnar
import Diagnostics
import Planning
import State

/// The latest row of each key of a table, and of each window, for whoever asks while the task works.
///
/// The task puts changes in at the end of each round. All public methods may be called from any thread: they
/// see each row whole, as some finished round has left it; a look-up waits for one shard at most, a scan
/// holds one shard at a time. Rows of windows past their retention are gone.
///
/// State: for each key and window the row, encoded; beyond memory on disk, as all state.
public final class TableView: @unchecked Sendable {
    public let relation: Relation
    let layout: ViewLayout
    private let seed: Fingerprint
    private let shards: [ViewShard]
    /// Left by the task's thread, and taken up by it.
    private var waiting: [ViewChanges] = []
    private var watermark = Int64.min

    init(_ layout: ViewLayout, stores: [KeyedStateStore], seed: Fingerprint) {
        relation = layout.relation
        self.layout = layout
        self.seed = seed
        shards = stores.map { ViewShard(layout, $0) }
    }

    // MARK: The task's side

    func take(_ changes: ChangeBatch) {
        waiting.append(ViewChanges(changes, layout, seed: seed))
    }

    /// Puts in what was left here, and forgets windows that are past their retention.
    func fold(_ workers: WorkerPool, watermark: Int64) throws(StateError) {
        let hasMoved = layout.windows != nil && watermark > self.watermark
        guard !waiting.isEmpty || hasMoved else { return }
        self.watermark = max(watermark, self.watermark)
        let failure = FirstFailure<StateError>()
        workers.forEach(shards.count) { shard in
            do throws(StateError) {
                try shards[shard].take(waiting, shard: shard, watermark: watermark)
            } catch {
                failure.note(error)
            }
        }
        waiting.removeAll()
        try failure.rethrow()
    }

    /// Where the windows start that had rows; nil without any.
    var knownStarts: ClosedRange<Int64>? {
        shards.compactMap(\.knownStarts).reduce(ClosedRange<Int64>?.none) { known, more in
            guard let known else { return more }
            return min(known.lowerBound, more.lowerBound)...max(known.upperBound, more.upperBound)
        }
    }

    func restore(starts: ClosedRange<Int64>) throws(StateError) {
        for shard in shards { try shard.restore(starts: starts) }
    }

    // MARK: Everybody's side

    /// The rows of some keys, in their order; of a windowed table all whose windows lie within `bounds`,
    /// each key's in no particular order.
    ///
    /// With bounds that leave open many windows, or none that can be told beforehand, rows outside of the
    /// bounds may be among them.
    /// - Parameter keys: the table's key columns, each of `count` rows.
    public func rows(
        of keys: [Column], count: Int, windows bounds: WindowBounds = .all
    ) throws(Diagnostic) -> RowBlock {
        precondition(
            keys.map(\.type) == relation.keys.map(\.type), "a look-up has a value for each key column")
        let prints = TableSideRows.fingerprints(keys, count, seed)
        var rows = RowBlockBuilder(layout)
        try reading { () throws(StateError) in
            for print in prints {
                let shard = shards[ShardedRows.shard(of: print)]
                if let windows = layout.windows {
                    try shard.find(print, windows, bounds, into: &rows)
                } else {
                    try shard.find(print, into: &rows)
                }
            }
        }
        return rows.take()
    }

    /// Rows of a block at most.
    public static let blockRows = 4096

    /// Hands all rows to `body` in blocks, until it returns false.
    ///
    /// The task waits for `body` when it comes to the shard whose rows these are: it must not wait for
    /// anybody itself.
    public func scan(
        blockRows: Int = TableView.blockRows, _ body: (RowBlock) -> Bool
    ) throws(Diagnostic) {
        var rows = RowBlockBuilder(layout)
        try reading { () throws(StateError) in
            for shard in shards {
                guard try shard.scan(&rows, blockRows: blockRows, body) else { return }
            }
            if rows.count > 0 { _ = body(rows.take()) }
        }
    }

    private func reading(_ body: () throws(StateError) -> Void) throws(Diagnostic) {
        do throws(StateError) { try body() } catch {
            throw Diagnostic(.state, error.message, hint: error.hint)
        }
    }
}
