import Columnar
import Expressions
import Planning
import State

/// `DEDUPLICATE BY keys WITHIN d`: of the rows of one key the first passes.
///
/// State: per key the event time at which it is forgotten, which is the first row's plus `d`. A row is judged
/// by the watermark at its own place in the source, so batches and epochs change nothing:
///
/// | | the row is |
/// |---|---|
/// | its time + d ≤ watermark | late: its key may have been forgotten, so nobody can tell a repeat |
/// | the key is known and not forgotten | a duplicate |
/// | else | passed, and its key remembered |
final class DeduplicationOperator: StatefulOperator, @unchecked Sendable {
    let level: Int
    let counters = Counters()
    private let plan: DeduplicationPlan
    private let stores: [KeyedStateStore]
    private let seed: Fingerprint
    private let keys: [CompiledExpressions]
    /// By slot: what waits for the shard phase.
    private var deposits: [[Deposit]]

    private struct Deposit {
        let rows: ShardedRows
        /// One byte for each row of the batch: 1 passes. Shards write rows of their own only.
        let passes: Buffer
    }

    init(plan: DeduplicationPlan, level: Int, stores: [KeyedStateStore], seed: Fingerprint, slots: Int) {
        self.plan = plan
        self.level = level
        self.stores = stores
        self.seed = seed
        keys = (0..<slots).map { _ in CompiledExpressions(plan.keys) }
        deposits = Array(repeating: [], count: slots)
    }

    func take(_ batch: RowBatch, _ slot: Slot) {
        let columns = keys[slot.index].evaluate(batch.columns, count: batch.count, context: slot.context)
        let rows = ShardedRows(batch: batch, keys: columns, columns: [], seed: seed, skipsNullKeys: false)
        deposits[slot.index].append(
            Deposit(rows: rows, passes: Buffer(capacity: batch.count, zeroed: true)))
    }

    /// The batches of a slot with only the rows that passed.
    func release(_ slot: Slot) -> [RowBatch] {
        defer { deposits[slot.index] = [] }
        return deposits[slot.index].map { deposit in
            let batch = deposit.rows.batch
            let passes = deposit.passes.pointer.assumingMemoryBound(to: UInt8.self)
            return batch.selecting((batch.selection ?? .all(batch.count)).filtered(byRow: passes))
        }
    }

    func processShard(_ shard: Int, watermark: Int64) throws(StateError) {
        let store = stores[shard]
        var scratch = StateScratch()
        for slot in deposits {
            for deposit in slot { try process(deposit, shard, store, &scratch) }
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
        let passes = deposit.passes.pointer.assumingMemoryBound(to: UInt8.self)
        let batch = deposit.rows.batch
        let times = batch.eventTimes.int64s
        var late = 0
        var duplicates = 0
        for index in 0..<count {
            let row = Int(rows[index])
            let watermark = batch.watermark(at: row)
            let forgottenAt = times[row] &+ plan.within
            let slot = scratch.slots[index]
            if forgottenAt <= watermark {
                late &+= 1
                // The look-up made an entry for a row that does not count: one that is dead from the start.
                if scratch.isNew[index] != 0 { store.setExpiry(.min, of: slot) }
            } else if scratch.isNew[index] == 0 && store.expiry(of: slot) > watermark {
                duplicates &+= 1
            } else {
                store.setExpiry(forgottenAt, of: slot)
                passes[row] = 1
            }
        }
        counters.add(.late, late)
        counters.add(.duplicates, duplicates)
    }

    /// `release` has done that.
    func clear() {}
}

extension Selection {
    /// The rows for which the byte of the row is not 0.
    func filtered(byRow keep: UnsafePointer<UInt8>) -> Selection {
        let buffer = Buffer(capacity: count * 4)
        let out = buffer.pointer.assumingMemoryBound(to: Int32.self)
        var kept = 0
        for index in 0..<count {
            let row = rows[index]
            out[kept] = row
            kept &+= Int(keep[Int(row)])
        }
        return Selection(buffer: buffer, count: kept)
    }
}
