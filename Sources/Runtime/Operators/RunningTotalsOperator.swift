import Columnar
import Expressions
import Planning
import State

/// Gives rows aggregates of themselves and of all rows before them with the same keys:
/// `SUM(value) OVER (PARTITION BY keys)`.
///
/// State: per key the states of the aggregate functions. A batch is taken in waves: the first rows of all
/// keys, then the second ones, and so on, so that each row's result is taken before the next row of its key
/// is folded in.
final class RunningTotalsOperator: StatefulOperator, @unchecked Sendable {
    let level: Int
    private let lifetime: KeyLifetime?
    private let keyCount: Int
    private let functions: [any AggregateFunction]
    /// Of each function: where its state stands, and its arguments among those of all.
    private let offsets: [Int]
    private let arguments: [Range<Int>]
    private let stores: [KeyedStateStore]
    private let seed: Fingerprint
    /// By slot: keys, arguments.
    private let expressions: [CompiledExpressions]
    private let waiting: [SlotRows]

    /// Where the state has, while a batch is worked on, how many rows of its key have been seen.
    private static let seenOffset = 0
    /// States want an alignment of 16, and payloads stand at 8 modulo 16.
    private static let stateStart = 8

    private final class SlotRows: @unchecked Sendable {
        var deposits: [Deposit] = []
    }

    /// A batch, and for each row where its results stand among those of its shard; -1 for rows that none has.
    /// Shards write places of their own rows only.
    private struct Deposit: @unchecked Sendable {
        let rows: ShardedRows
        let places: Buffer
        let results = ShardParts<[Column]>()

        init(_ rows: ShardedRows) {
            self.rows = rows
            places = Buffer(capacity: max(1, rows.batch.count) * 4)
            numbers.update(repeating: -1, count: rows.batch.count)
        }

        var numbers: UnsafeMutablePointer<Int32> { places.pointer.assumingMemoryBound(to: Int32.self) }
    }

    init(_ plan: PriorRowsPlan, level: Int, stores: [KeyedStateStore], seed: Fingerprint, slots: Int) {
        self.level = level
        self.stores = stores
        self.seed = seed
        lifetime = plan.lifetime.map(KeyLifetime.init)
        keyCount = plan.keys.count
        functions = plan.totals.map(\.function)
        offsets = Self.offsets(functions)
        var next = 0
        arguments = plan.totals.map { call in
            defer { next += call.arguments.count }
            return next..<next + call.arguments.count
        }
        let list = plan.keys + plan.totals.flatMap(\.arguments)
        expressions = (0..<slots).map { _ in CompiledExpressions(list, salt: 7) }
        waiting = (0..<slots).map { _ in SlotRows() }
    }

    private static func offsets(_ functions: [any AggregateFunction]) -> [Int] {
        var next = stateStart
        return functions.map { function in
            defer { next += (function.stateBytes + 15) / 16 * 16 }
            return next
        }
    }

    static func layout(_ query: QueryPlan, _ plan: PriorRowsPlan, shard: Int) -> StateLayout {
        let functions = plan.totals.map(\.function)
        let offsets = offsets(functions)
        let size = zip(offsets, functions).map { $0 + ($1.stateBytes + 15) / 16 * 16 }.last
        return StateLayout(
            name: "\(query.name)/totals/\(shard)", payloadBytes: size ?? stateStart,
            blobOffsets: zip(offsets, functions).flatMap { offset, function in
                function.blobOffsets.map { $0 + offset }
            })
    }

    /// Leaves the living rows of a batch for the shard phase.
    func take(_ batch: RowBatch, _ slot: Slot) {
        let columns = expressions[slot.index].evaluate(
            batch.columns, count: batch.count, context: slot.context)
        let rows = ShardedRows(
            batch: batch, keys: Array(columns[..<keyCount]), columns: Array(columns[keyCount...]), seed: seed,
            skipsNullKeys: false)
        waiting[slot.index].deposits.append(Deposit(rows))
    }

    func clear() {
        for slot in waiting { slot.deposits = [] }
    }

    // MARK: Shards

    func processShard(_ shard: Int, watermark: Int64) throws(StateError) {
        var scratch = StateScratch()
        for slot in waiting {
            for deposit in slot.deposits { try process(deposit, shard, &scratch) }
        }
        if lifetime != nil, watermark > .min { stores[shard].retire(upTo: watermark) }
        try stores[shard].maintain()
    }

    private func process(
        _ deposit: Deposit, _ shard: Int, _ scratch: inout StateScratch
    ) throws(StateError) {
        let range = deposit.rows.range(of: shard)
        let count = range.count
        guard count > 0 else { return }
        let store = stores[shard]
        scratch.reserve(count)
        try store.findOrInsert(
            deposit.rows.fingerprints + range.lowerBound, count: count, slots: scratch.slots,
            isNew: scratch.isNew)
        var touched: [UInt32] = []
        let waves = waves(store, scratch.slots, count, &touched)
        var results = functions.map { _ in [Column]() }
        let places = deposit.numbers
        var place: Int32 = 0
        for wave in waves {
            for (position, index) in wave.enumerated() {
                let row = deposit.rows.rows[range.lowerBound + Int(index)]
                let slot = scratch.slots[Int(index)]
                lifetime?.renew(
                    slot, store, row: Int(row), of: deposit.rows.batch, isNew: scratch.isNew[Int(index)] != 0
                ) {
                    (store.payload(of: slot) + Self.stateStart).initializeMemory(
                        as: UInt8.self, repeating: 0, count: store.layout.payloadBytes - Self.stateStart)
                }
                scratch.rows[position] = row
                places[Int(row)] = place
                place += 1
            }
            for (number, function) in functions.enumerated() {
                for (position, index) in wave.enumerated() {
                    scratch.states[position] =
                        store.payload(of: scratch.slots[Int(index)]) + offsets[number]
                }
                function.update(
                    Array(deposit.rows.columns[arguments[number]]), rows: scratch.rows,
                    states: scratch.states,
                    count: wave.count, blobs: store.blobs)
                results[number].append(
                    function.results(scratch.states, count: wave.count, blobs: store.blobs))
            }
        }
        deposit.results[shard] = results.map { Column.concatenate($0) }
        for slot in touched {
            store.payload(of: slot).set(Self.seenOffset, 0)
            store.markChanged(slot)
        }
    }

    /// The rows of a shard, by their places: the first of each key, the second of each key, and so on.
    private func waves(
        _ store: KeyedStateStore, _ slots: UnsafeMutablePointer<UInt32>, _ count: Int,
        _ touched: inout [UInt32]
    ) -> [ArraySlice<Int32>] {
        var numbers = [Int32](repeating: 0, count: count)
        var sizes: [Int] = []
        for index in 0..<count {
            let state = store.payload(of: slots[index])
            let seen = Int(state.field(Self.seenOffset))
            state.set(Self.seenOffset, Int64(seen + 1))
            if seen == 0 { touched.append(slots[index]) }
            if seen == sizes.count { sizes.append(0) }
            sizes[seen] += 1
            numbers[index] = Int32(truncatingIfNeeded: seen)
        }
        var starts: [Int] = []
        var next = 0
        for size in sizes {
            starts.append(next)
            next += size
        }
        var sorted = [Int32](repeating: 0, count: count)
        var ends = starts
        for index in 0..<count {
            let wave = Int(numbers[index])
            sorted[ends[wave]] = Int32(truncatingIfNeeded: index)
            ends[wave] += 1
        }
        return zip(starts, ends).map { sorted[$0..<$1] }
    }

    // MARK: Results

    /// The batches of a slot, with the totals behind their columns.
    func release(_ slot: Slot) -> [RowBatch] {
        defer { waiting[slot.index].deposits = [] }
        return waiting[slot.index].deposits.map(result)
    }

    private func result(_ deposit: Deposit) -> RowBatch {
        var pools = functions.map { _ in [Column]() }
        let places = deposit.numbers
        var next: Int32 = 0
        for shard in 0..<ShardedRows.shardCount {
            guard let columns = deposit.results[shard] else { continue }
            for index in deposit.rows.range(of: shard) { places[Int(deposit.rows.rows[index])] += next }
            for (number, column) in columns.enumerated() { pools[number].append(column) }
            next += Int32(truncatingIfNeeded: deposit.rows.range(of: shard).count)
        }
        var batch = deposit.rows.batch
        for row in 0..<batch.count where places[row] < 0 { places[row] = next }
        let selection = Selection(Array(UnsafeBufferPointer(start: places, count: batch.count)))
        for (number, function) in functions.enumerated() {
            // What rows have that are not alive.
            pools[number].append(.nulls(function.resultType, count: 1))
            batch.columns.append(Column.concatenate(pools[number]).gather(selection))
        }
        return batch
    }
}
