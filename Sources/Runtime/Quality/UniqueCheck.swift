import Columnar
import Expressions
import Planning
import State

/// Finds rows whose keys another row had before, as ``DeduplicationOperator`` does, without dropping them.
///
/// A row so old that its key may have been forgotten is not checked: nobody can tell.
final class UniqueCheck: StatefulOperator, @unchecked Sendable {
    let level: Int
    /// Writes an example of a row.
    var describe: (_ columns: [Column], _ row: Int) -> String = { _, _ in "" }
    private let within: Int64
    private let keys: CompiledExpressions
    private let stores: [KeyedStateStore]
    private let seed: Fingerprint
    private let slots: [SlotDeposits]
    private let shards: [RuleAtWork.SlotTally]

    /// Rows that wait for the shard phase.
    struct Deposit {
        let rows: ShardedRows
        /// One byte for each row of the batch: 1 is a repeat. Shards write rows of their own only.
        let isRepeat: Buffer
    }

    private final class SlotDeposits: @unchecked Sendable {
        var deposits: [Deposit] = []
    }

    init(
        keys: [Expression], within: Int64, level: Int, stores: [KeyedStateStore], seed: Fingerprint,
        slots: Int
    ) {
        self.keys = CompiledExpressions(keys)
        self.within = within
        self.level = level
        self.stores = stores
        self.seed = seed
        self.slots = (0..<slots).map { _ in SlotDeposits() }
        shards = stores.map { _ in RuleAtWork.SlotTally() }
    }

    /// Leaves rows for the shard phase; which of them are repeats is to be read from the buffer after it.
    func take(_ batch: RowBatch, _ rows: RowSet, _ slot: Slot) -> Buffer {
        let columns = keys.evaluate(batch.columns, count: batch.count, context: slot.context)
        let looked = rows.selection.map { batch.selecting($0) } ?? batch
        let deposit = Deposit(
            rows: ShardedRows(batch: looked, keys: columns, columns: [], seed: seed, skipsNullKeys: true),
            isRepeat: Buffer(capacity: batch.count, zeroed: true))
        slots[slot.index].deposits.append(deposit)
        return deposit.isRepeat
    }

    func processShard(_ shard: Int, watermark: Int64) throws(StateError) {
        let store = stores[shard]
        var scratch = StateScratch()
        for slot in slots {
            for deposit in slot.deposits { try process(deposit, shard, store, &scratch) }
        }
        if watermark > .min { store.retire(upTo: watermark) }
        try store.maintain()
    }

    private func process(
        _ deposit: Deposit, _ shard: Int, _ store: KeyedStateStore, _ scratch: inout StateScratch
    ) throws(StateError) {
        let range = deposit.rows.range(of: shard)
        let count = range.count
        guard count > 0 else { return }
        let rows = deposit.rows.rows + range.lowerBound
        scratch.reserve(count)
        try store.findOrInsert(
            deposit.rows.fingerprints + range.lowerBound, count: count, slots: scratch.slots,
            isNew: scratch.isNew)
        let isRepeat = deposit.isRepeat.pointer.assumingMemoryBound(to: UInt8.self)
        let batch = deposit.rows.batch
        let times = batch.eventTimes.int64s
        let place = shards[shard]
        for index in 0..<count {
            let row = Int(rows[index])
            let watermark = batch.watermark(at: row)
            let forgottenAt = times[row] &+ within
            let slot = scratch.slots[index]
            if forgottenAt <= watermark {
                if scratch.isNew[index] != 0 { store.setExpiry(.min, of: slot) }
                continue
            }
            place.tally.checked += 1
            if scratch.isNew[index] == 0 && store.expiry(of: slot) > watermark {
                isRepeat[row] = 1
                place.tally.failing += 1
                place.tally.note(batch.sequence(of: row)) { describe(batch.columns, row) }
            } else {
                store.setExpiry(forgottenAt, of: slot)
            }
        }
    }

    func clear() {
        for slot in slots { slot.deposits = [] }
    }

    func takeTally() -> RuleTally {
        var all = RuleTally()
        for shard in shards {
            all.add(shard.tally)
            shard.tally = RuleTally()
        }
        return all
    }
}
