import Columnar
import Expressions
import Planning
import State

/// Tells whether a row's keys came before, for `DEDUPLICATE BY keys WITHIN d` and for rules about repeats.
///
/// State: per key the event time at which it is forgotten, which is the first row's plus `d`. A row is judged
/// by the watermark at its own place in the source, so batches and epochs change nothing:
///
/// | | the row is |
/// |---|---|
/// | its time + d ≤ watermark | late: its key may have been forgotten, so nobody can tell a repeat |
/// | the key is known and not forgotten | a repeat |
/// | else | the first one of its key, which is remembered |
final class DeduplicationOperator: StatefulOperator, @unchecked Sendable {
    let level: Int
    let counters = Counters()
    /// Count the same repeats for rules.
    let observers: [RepeatTally]
    private let within: Int64
    private let stores: [KeyedStateStore]
    private let seed: Fingerprint
    private let keys: [CompiledExpressions]
    private let skipsNullKeys: Bool
    /// By slot: what waits for the shard phase.
    private let waiting: [SlotRows]

    /// What is known of a row after the shard phase.
    enum Verdict: UInt8 {
        /// Not looked at.
        case unknown
        case first
        case `repeat`
        case late
    }

    /// The verdicts of a batch, one byte for each row. Shards write rows of their own only.
    struct Verdicts {
        private let buffer: Buffer

        init(count: Int) { buffer = Buffer(capacity: count, zeroed: true) }

        var bytes: UnsafeMutablePointer<UInt8> { buffer.pointer.assumingMemoryBound(to: UInt8.self) }

        /// The rows of which it is true, in the order of `rows`.
        func rows(_ verdict: Verdict, among rows: Selection) -> Selection {
            let found = Buffer(capacity: rows.count * 4)
            let out = found.pointer.assumingMemoryBound(to: Int32.self)
            var count = 0
            for index in 0..<rows.count {
                let row = rows.rows[index]
                out[count] = row
                count &+= bytes[Int(row)] == verdict.rawValue ? 1 : 0
            }
            return Selection(buffer: found, count: count)
        }
    }

    private struct Deposit {
        let rows: ShardedRows
        /// Rows without a NULL among their keys; nil is all of them, or those that `rows` has.
        let withKeys: Bitmap?
        let verdicts: Verdicts
    }

    private final class SlotRows: @unchecked Sendable {
        var deposits: [Deposit] = []
    }

    /// - Parameters:
    ///   - skipsNullKeys: leaves rows without a whole key out, which otherwise are equal to each other.
    ///   - stores: by shard.
    init(
        _ plan: DeduplicationPlan, skipsNullKeys: Bool, level: Int, stores: [KeyedStateStore],
        observers: [RepeatTally], seed: Fingerprint, slots: Int
    ) {
        self.level = level
        self.stores = stores
        self.seed = seed
        self.skipsNullKeys = skipsNullKeys
        self.observers = observers
        within = plan.within
        keys = (0..<slots).map { _ in CompiledExpressions(plan.keys) }
        waiting = (0..<slots).map { _ in SlotRows() }
    }

    /// Leaves the living rows of a batch for the shard phase, which fills the verdicts in.
    @discardableResult
    func take(_ batch: RowBatch, _ slot: Slot) -> Verdicts {
        let columns = keys[slot.index].evaluate(batch.columns, count: batch.count, context: slot.context)
        let deposit = Deposit(
            rows: ShardedRows(
                batch: batch, keys: columns, columns: [], seed: seed, skipsNullKeys: skipsNullKeys),
            withKeys: observers.isEmpty || skipsNullKeys
                ? nil : columns.reduce(Bitmap?.none) { Bitmap.intersection($0, $1.validity) },
            verdicts: Verdicts(count: batch.count))
        waiting[slot.index].deposits.append(deposit)
        return deposit.verdicts
    }

    /// The batches of a slot with only the first row of each key.
    func release(_ slot: Slot) -> [RowBatch] {
        defer { waiting[slot.index].deposits = [] }
        return waiting[slot.index].deposits.map { deposit in
            let batch = deposit.rows.batch
            return batch.selecting(
                deposit.verdicts.rows(.first, among: batch.selection ?? .all(batch.count)))
        }
    }

    func clear() {
        for slot in waiting { slot.deposits = [] }
    }

    func processShard(_ shard: Int, watermark: Int64) throws(StateError) {
        let store = stores[shard]
        var scratch = StateScratch()
        for slot in waiting {
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
        let verdicts = deposit.verdicts.bytes
        let batch = deposit.rows.batch
        let times = batch.eventTimes.int64s
        var late = 0
        var repeats = 0
        for index in 0..<count {
            let row = Int(rows[index])
            let watermark = batch.watermark(at: row)
            let forgottenAt = times[row] &+ within
            let slot = scratch.slots[index]
            if forgottenAt <= watermark {
                late &+= 1
                verdicts[row] = Verdict.late.rawValue
                // The look-up made an entry for a row that does not count: one that is dead from the start.
                if scratch.isNew[index] != 0 { store.setExpiry(.min, of: slot) }
            } else if scratch.isNew[index] == 0 && store.expiry(of: slot) > watermark {
                repeats &+= 1
                verdicts[row] = Verdict.repeat.rawValue
            } else {
                store.setExpiry(forgottenAt, of: slot)
                verdicts[row] = Verdict.first.rawValue
            }
        }
        counters.add(.late, late)
        counters.add(.duplicates, repeats)
        if !observers.isEmpty { report(deposit, UnsafeBufferPointer(start: rows, count: count), shard) }
    }

    private func report(_ deposit: Deposit, _ rows: UnsafeBufferPointer<Int32>, _ shard: Int) {
        let verdicts = deposit.verdicts.bytes
        var checked = 0
        var repeats = 0
        var firstRepeat = 0
        for row in rows.lazy.map(Int.init) where verdicts[row] != Verdict.late.rawValue {
            if let withKeys = deposit.withKeys, !withKeys[row] { continue }
            checked &+= 1
            guard verdicts[row] == Verdict.repeat.rawValue else { continue }
            if repeats == 0 { firstRepeat = row }
            repeats &+= 1
        }
        for observer in observers {
            observer.add(
                checked: checked, repeats: repeats, firstRepeat: firstRepeat, of: deposit.rows.batch, shard)
        }
    }
}
