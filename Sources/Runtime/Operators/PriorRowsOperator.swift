import Columnar
import Expressions
import Planning
import State

/// Gives rows values of rows before them with the same keys: `LAG(value, n) OVER (PARTITION BY keys)`.
///
/// State: per key the arguments of its last rows, the newest first, as many as the query looks back.
final class PriorRowsOperator: StatefulOperator, @unchecked Sendable {
    let level: Int
    private let plan: PriorRowsPlan
    private let stores: [KeyedStateStore]
    private let seed: Fingerprint
    private let types: [DataType]
    private let lifetime: KeyLifetime?
    /// By slot: keys, arguments, defaults.
    private let expressions: [CompiledExpressions]
    private let waiting: [SlotRows]

    /// Where the state has, while a batch is worked on, the number of its key among those of the batch.
    private static let numberOffset = 8

    private final class SlotRows: @unchecked Sendable {
        var deposits: [Deposit] = []
    }

    /// A batch, and for each row and value where that stands: a row of the batch, one of those remembered,
    /// which are counted down from -2, or -1 for neither. Shards write places of their own rows only.
    private struct Deposit: @unchecked Sendable {
        let rows: ShardedRows
        let places: Buffer
        /// What was remembered, as far as it is seen.
        let remembered = ShardParts<[Column]>()

        init(_ rows: ShardedRows, values: Int) {
            self.rows = rows
            places = Buffer(capacity: max(1, rows.batch.count * values) * 4)
            self.values(0).update(repeating: -1, count: rows.batch.count * values)
        }

        func values(_ value: Int) -> UnsafeMutablePointer<Int32> {
            places.pointer.assumingMemoryBound(to: Int32.self) + value * rows.batch.count
        }
    }

    init(_ plan: PriorRowsPlan, level: Int, stores: [KeyedStateStore], seed: Fingerprint, slots: Int) {
        self.plan = plan
        self.level = level
        self.stores = stores
        self.seed = seed
        types = plan.values.map(\.argument.type)
        lifetime = plan.lifetime.map(KeyLifetime.init)
        let list = plan.keys + plan.values.map(\.argument) + plan.values.compactMap(\.fallback)
        expressions = (0..<slots).map { _ in CompiledExpressions(list, salt: 5) }
        waiting = (0..<slots).map { _ in SlotRows() }
    }

    static func layout(_ query: QueryPlan, shard: Int) -> StateLayout {
        StateLayout(name: "\(query.name)/prior/\(shard)", payloadBytes: 16, blobOffsets: [0])
    }

    /// Leaves the living rows of a batch for the shard phase.
    func take(_ batch: RowBatch, _ slot: Slot) {
        let columns = expressions[slot.index].evaluate(
            batch.columns, count: batch.count, context: slot.context)
        let rows = ShardedRows(
            batch: batch, keys: Array(columns[..<plan.keys.count]),
            columns: Array(columns[plan.keys.count...]), seed: seed, skipsNullKeys: false)
        waiting[slot.index].deposits.append(Deposit(rows, values: plan.values.count))
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
        scratch.reserve(count)
        let store = stores[shard]
        try store.findOrInsert(
            deposit.rows.fingerprints + range.lowerBound, count: count, slots: scratch.slots,
            isNew: scratch.isNew)
        var touched: [UInt32] = []
        // For each key of the batch where its last rows are, the newest first.
        var last: [Int32] = []
        let builders = types.map { ColumnBuilder(type: $0) }
        var remembered: Int32 = 0
        let depth = plan.depth
        let values = plan.values.indices.map { (deposit.values($0), plan.values[$0].distance) }
        for index in 0..<count {
            let row = deposit.rows.rows[range.lowerBound + index]
            let state = store.payload(of: scratch.slots[index])
            if state.field(Self.numberOffset) == 0 {
                touched.append(scratch.slots[index])
                state.set(Self.numberOffset, Int64(touched.count))
                recall(store.blobs.bytes(at: state), builders, &remembered, depth, &last)
            }
            let start = (Int(state.field(Self.numberOffset)) - 1) * depth
            lifetime?.renew(
                scratch.slots[index], store, row: Int(row), of: deposit.rows.batch,
                isNew: scratch.isNew[index] != 0
            ) {
                for place in start..<start + depth { last[place] = -1 }
            }
            for (places, distance) in values { places[Int(row)] = last[start + distance - 1] }
            for place in stride(from: start + depth - 1, to: start, by: -1) { last[place] = last[place - 1] }
            last[start] = row
        }
        let columns = builders.map { $0.finish() }
        if remembered > 0 { deposit.remembered[shard] = columns }
        remember(touched, last, columns, Array(deposit.rows.columns[..<types.count]), store)
    }

    /// Takes what is remembered of a key into columns.
    private func recall(
        _ bytes: UnsafeRawBufferPointer?, _ builders: [ColumnBuilder], _ count: inout Int32, _ depth: Int,
        _ last: inout [Int32]
    ) {
        var found = 0
        var position = 0
        if let bytes {
            while position < bytes.count, found < depth {
                let length = Int(bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
                position += 4
                KeyCodec.decode(
                    UnsafeRawBufferPointer(rebasing: bytes[position..<position + length]), into: builders)
                position += length
                last.append(-2 - count)
                count += 1
                found += 1
            }
        }
        while found < depth {
            last.append(-1)
            found += 1
        }
    }

    private func remember(
        _ touched: [UInt32], _ last: [Int32], _ remembered: [Column], _ arguments: [Column],
        _ store: KeyedStateStore
    ) {
        var codec = KeyCodec(types: types)
        var bytes: [UInt8] = []
        let depth = plan.depth
        for (number, slot) in touched.enumerated() {
            bytes.removeAll(keepingCapacity: true)
            for place in last[number * depth..<(number + 1) * depth] where place != -1 {
                let row = place >= 0 ? Int(place) : Int(-2 - place)
                codec.encode(place >= 0 ? arguments : remembered, row: row) { encoded in
                    withUnsafeBytes(of: UInt32(encoded.count)) { bytes.append(contentsOf: $0) }
                    bytes.append(contentsOf: encoded)
                }
            }
            let state = store.payload(of: slot)
            bytes.withUnsafeBytes { store.blobs.replace(at: state, with: $0) }
            state.set(Self.numberOffset, 0)
            store.markChanged(slot)
        }
    }

    // MARK: Results

    /// The batches of a slot, with the values behind their columns.
    func release(_ slot: Slot) -> [RowBatch] {
        defer { waiting[slot.index].deposits = [] }
        return waiting[slot.index].deposits.map(result)
    }

    private func result(_ deposit: Deposit) -> RowBatch {
        let count = deposit.rows.batch.count
        var pools = plan.values.indices.map { [deposit.rows.columns[$0]] }
        var next = Int32(truncatingIfNeeded: count)
        for shard in 0..<ShardedRows.shardCount {
            guard let columns = deposit.remembered[shard] else { continue }
            for (value, column) in columns.enumerated() {
                pools[value].append(column)
                let places = deposit.values(value)
                for index in deposit.rows.range(of: shard) {
                    let row = Int(deposit.rows.rows[index])
                    if places[row] < -1 { places[row] = next - 2 - places[row] }
                }
            }
            next += Int32(truncatingIfNeeded: columns[0].count)
        }
        var batch = deposit.rows.batch
        var fallback = types.count
        for (value, planned) in plan.values.enumerated() {
            let hasFallback = planned.fallback != nil
            pools[value].append(hasFallback ? deposit.rows.columns[fallback] : .nulls(types[value], count: 1))
            if hasFallback { fallback += 1 }
            let places = deposit.values(value)
            for row in 0..<count where places[row] == -1 {
                places[row] = hasFallback ? next + Int32(truncatingIfNeeded: row) : next
            }
            let selection = Selection(Array(UnsafeBufferPointer(start: places, count: count)))
            batch.columns.append(Column.concatenate(pools[value]).gather(selection))
        }
        return batch
    }
}
