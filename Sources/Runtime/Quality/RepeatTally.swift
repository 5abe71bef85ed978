import Columnar

/// Counts, for a rule, rows whose keys came before.
///
/// A row so old that its key may have been forgotten is not checked: nobody can tell.
final class RepeatTally: @unchecked Sendable {
    /// Columns of the relation's row that an example shows.
    let columns: Set<Int>
    /// Writes an example of a row.
    var describe: (_ columns: [Column], _ row: Int) -> String = { _, _ in "" }
    private let shards = (0..<ShardedRows.shardCount).map { _ in RuleAtWork.SlotTally() }

    init(columns: Set<Int>) { self.columns = columns }

    /// Takes what one shard found in a batch; called by one thread at a time for one shard.
    func add(checked: Int, repeats: Int, firstRepeat row: Int, of batch: RowBatch, _ shard: Int) {
        let place = shards[shard]
        place.tally.checked += Int64(checked)
        guard repeats > 0 else { return }
        place.tally.failing += Int64(repeats)
        place.tally.note(batch.sequence(of: row)) { describe(batch.columns, row) }
    }

    /// What the epoch has shown, which is forgotten.
    func take() -> RuleTally {
        var all = RuleTally()
        for shard in shards {
            all.add(shard.tally)
            shard.tally = RuleTally()
        }
        return all
    }
}
