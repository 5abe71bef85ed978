import Columnar
import Expressions
import Planning
import State

/// A join of a stream and a table on the table's primary key: each record meets the row that the table has
/// when the record's turn comes, and stays the record that it was.
///
/// State: for each key what is kept of the table's row.
final class StreamTableJoinOperator: JoinOperator, @unchecked Sendable {
    let level: Int
    let plan: JoinPlan
    let outputs: Outputs
    let counters = Counters()
    var progress = JoinProgress()
    private let layout: JoinedLayout
    private let stores: [KeyedStateStore]
    private let seed: Fingerprint
    private let streamKeys: [CompiledExpressions]
    private let tableKeys: CompiledExpressions
    /// Targets of the joined row that the record fills, and from where.
    private let passed: [(from: Int, to: Int)]
    private var deposits: [[Deposit]]
    private var waiting: [TableSideRows] = []

    /// Rows of a batch, and where each finds its partner.
    private struct Deposit {
        let rows: ShardedRows
        /// For each row of the batch: 0 is no partner, else one more than the number of its row in the
        /// shard's part. Shards write rows of their own only.
        let partners: Buffer
        let parts: ShardParts<[Column]>
    }

    init(
        _ layout: JoinedLayout, outputs: Outputs, level: Int, stores: [KeyedStateStore], seed: Fingerprint,
        slots: Int
    ) {
        plan = layout.plan
        self.layout = layout
        self.outputs = outputs
        self.level = level
        self.stores = stores
        self.seed = seed
        streamKeys = (0..<slots).map { _ in CompiledExpressions(layout.plan.leftKeys) }
        tableKeys = CompiledExpressions(layout.plan.rightKeys)
        let plan = layout.plan
        passed =
            (0..<plan.left.width).map { ($0, plan.leftStart + $0) }
            + PseudoColumn.allCases.map { (plan.left.position(of: $0), plan.output.position(of: $0)) }
        deposits = Array(repeating: [], count: slots)
    }

    static func stateLayout(_ plan: JoinPlan, shard: Int) -> StateLayout {
        StateLayout(name: "\(plan.output.name)/table/\(shard)", payloadBytes: 8, blobOffsets: [0])
    }

    // MARK: The stream

    func take(_ batch: RowBatch, _ side: JoinSide, _ slot: Slot) {
        // A record without a value joins nothing, nor does one without a key unless it passes alone.
        let batch = batch.withValues
        guard batch.aliveCount > 0 else { return }
        let keys = streamKeys[slot.index].evaluate(batch.columns, count: batch.count, context: slot.context)
        let rows = ShardedRows(
            batch: batch, keys: keys, columns: keys, seed: seed, skipsNullKeys: !plan.kind.keepsLeft)
        deposits[slot.index].append(
            Deposit(
                rows: rows, partners: Buffer(capacity: batch.count * 4, zeroed: true), parts: ShardParts()))
    }

    func processShard(_ shard: Int, watermark: Int64) throws(StateError) {
        var scratch = StateScratch()
        for slot in deposits {
            for deposit in slot { try process(deposit, shard, &scratch) }
        }
        try stores[shard].maintain()
    }

    private func process(
        _ deposit: Deposit, _ shard: Int, _ scratch: inout StateScratch
    ) throws(StateError) {
        let range = deposit.rows.range(of: shard)
        let count = range.count
        guard count > 0 else { return }
        scratch.reserve(count)
        let store = stores[shard]
        try store.find(deposit.rows.fingerprints + range.lowerBound, count: count, slots: scratch.slots)
        let builders = layout.right.types.map { ColumnBuilder(type: $0, capacity: count) }
        let partners = deposit.partners.pointer.assumingMemoryBound(to: Int32.self)
        let keys = deposit.rows.columns
        var found: Int32 = 0
        for index in 0..<count where scratch.slots[index] != KeyedStateStore.none {
            let row = Int(deposit.rows.rows[range.lowerBound + index])
            guard keys.allSatisfy({ $0.isValid(row) }),
                let bytes = store.blobs.bytes(at: store.payload(of: scratch.slots[index]))
            else { continue }
            KeyCodec.decode(bytes, into: builders)
            found += 1
            partners[row] = found
        }
        if found > 0 { deposit.parts[shard] = builders.map { $0.finish() } }
    }

    func release(_ slot: Slot) {
        let ready = deposits[slot.index]
        deposits[slot.index] = []
        for deposit in ready { outputs.deliver(joined(deposit), to: slot) }
    }

    private func joined(_ deposit: Deposit) -> RowBatch {
        let batch = deposit.rows.batch
        let partners = deposit.partners.pointer.assumingMemoryBound(to: Int32.self)
        // All shards' partners in one pool, behind a row of NULLs.
        var pool = layout.right.types.map { [Column.nulls($0, count: 1)] }
        var next: Int32 = 0
        for shard in 0..<ShardedRows.shardCount {
            guard let part = deposit.parts[shard] else { continue }
            for (index, column) in part.enumerated() { pool[index].append(column) }
            for index in deposit.rows.range(of: shard) where next > 0 {
                let row = Int(deposit.rows.rows[index])
                if partners[row] > 0 { partners[row] += next }
            }
            next += Int32(truncatingIfNeeded: part[0].count)
        }
        let selection = Selection(Array(UnsafeBufferPointer(start: partners, count: batch.count)))
        let rights = pool.map { Column.concatenate($0).gather(selection) }
        var result = batch
        result.columns = [Column](repeating: RowBatch.absent, count: plan.output.width)
        for (from, to) in passed where batch.columns[from].count == batch.count {
            result.columns[to] = batch.columns[from]
        }
        for (position, stored) in layout.right.targets { result.columns[position] = rights[stored] }
        for (position, key) in layout.keyTargets { result.columns[position] = deposit.rows.columns[key] }
        guard !plan.kind.keepsLeft else { return result }
        let alive = batch.selection ?? .all(batch.count)
        let isJoined = Bitmap(repeating: false, count: batch.count)
        for row in 0..<batch.count where partners[row] > 0 { isJoined.set(row) }
        return result.selecting(alive.keeping(isJoined))
    }

    // MARK: The table

    func take(_ changes: ChangeBatch, _ side: JoinSide, _ context: EvaluationContext) {
        let keys = tableKeys.evaluate(changes.new, count: changes.count, context: context)
        waiting.append(
            TableSideRows(
                changes, side, joinKeys: keys, layout: layout.right, shardedBy: keys, first: 0, seed: seed))
    }

    func foldChanges(_ workers: WorkerPool, _ context: EvaluationContext) throws(StateError) {
        guard !waiting.isEmpty else { return }
        let failure = FirstFailure<StateError>()
        workers.forEach(stores.count) { shard in
            do throws(StateError) { try fold(shard) } catch { failure.note(error) }
        }
        waiting.removeAll()
        try failure.rethrow()
    }

    private func fold(_ shard: Int) throws(StateError) {
        let store = stores[shard]
        var codec = KeyCodec(types: layout.right.types)
        for rows in waiting {
            for row in rows.rows[shard] where rows.hasKey(Int(row)) {
                var key = rows.fingerprints[Int(row)]
                var slot: UInt32 = 0
                var isNew: UInt8 = 0
                try store.findOrInsert(&key, count: 1, slots: &slot, isNew: &isNew)
                guard rows.changes.isPresent(Int(row)) else {
                    store.remove(slot)
                    continue
                }
                let state = store.payload(of: slot)
                codec.encode(rows.stored, row: Int(row)) { store.blobs.replace(at: state, with: $0) }
                store.markChanged(slot)
            }
        }
        try store.maintain()
    }
}
