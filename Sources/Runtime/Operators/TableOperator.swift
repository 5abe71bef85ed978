import Columnar
import Planning
import State

/// A table that is read from a source: records become changes with the row before and the row after.
///
/// State: for each key the latest row, as far as its columns are read. Records without a key are no rows; a
/// record without a value takes its key's row away. With `row_ttl` a row goes when the watermark is so far
/// behind the latest event time of its records; its key is kept too then, for the deletion to name.
final class TableOperator: StatefulOperator, @unchecked Sendable {
    let level = 0
    let outputs: Outputs
    private let relation: Relation
    private let seed: Fingerprint
    private let stores: [KeyedStateStore]
    /// How long rows live that are not updated, milliseconds; nil is for good.
    private let lifetime: Int64?
    /// The positions whose values are kept: the value columns that are read, and ROWTIME; before these the
    /// keys, where rows go by themselves.
    private let kept: [Int]
    /// Where the number of the last record is, where rows go by themselves.
    private static let sequenceOffset = 8
    /// Whether somebody downstream asks for the values before a change.
    private let capturesOld: Bool
    private var deposits: [[ShardedRows]]
    private var parts: [[ChangeBatch]]

    init(
        outputs: Outputs, stores: [KeyedStateStore], lifetime: Int64?, seed: Fingerprint, slots: Int,
        capturesOld: Bool
    ) {
        self.outputs = outputs
        relation = outputs.relation
        self.stores = stores
        self.seed = seed
        self.capturesOld = capturesOld
        self.lifetime = lifetime
        let values = relation.columns.indices.filter { $0 >= outputs.relation.keyCount }
        let keys = lifetime == nil ? [] : Array(0..<outputs.relation.keyCount)
        kept =
            keys
            + (capturesOld
                ? values.filter(outputs.needed.contains) + [relation.position(of: .rowTime)] : [])
        deposits = Array(repeating: [], count: slots)
        parts = Array(repeating: [], count: ShardedRows.shardCount)
    }

    /// The shape of the state of one shard.
    static func layout(_ relation: Relation, _ lifetime: Int64?, shard: Int) -> StateLayout {
        guard lifetime != nil else {
            return StateLayout(name: "\(relation.name)/rows/\(shard)", payloadBytes: 8, blobOffsets: [0])
        }
        return StateLayout(
            name: "\(relation.name)/mortal-rows/\(shard)", payloadBytes: 16, blobOffsets: [0],
            tracksExpiryOrder: true)
    }

    func take(_ batch: RowBatch, _ slot: Slot) {
        let keys = Array(batch.columns[..<relation.keyCount])
        var keyed = batch
        if keys.allSatisfy({ $0.validity != nil }) {
            let isKeyed = Bitmap(repeating: false, count: batch.count)
            for row in 0..<batch.count where keys.contains(where: { $0.isValid(row) }) { isKeyed.set(row) }
            keyed = batch.selecting((batch.selection ?? .all(batch.count)).keeping(isKeyed))
        }
        deposits[slot.index].append(
            ShardedRows(batch: keyed, keys: keys, columns: [], seed: seed, skipsNullKeys: false))
    }

    func processShard(_ shard: Int, watermark: Int64) throws(StateError) {
        var codec = KeyCodec(types: kept.map(type))
        for slot in deposits {
            for rows in slot { try process(rows, shard, &codec) }
        }
        if lifetime != nil, watermark > .min { try expire(shard, watermark) }
        try stores[shard].maintain()
    }

    /// The watermark at which a row goes by itself, or some time before; nil where none does.
    var nextClosing: Int64? {
        lifetime == nil ? nil : stores.compactMap(\.earliestExpiry).min()
    }

    private func type(_ position: Int) -> DataType {
        if position < relation.columns.count { return relation.columns[position].type }
        return PseudoColumn(rawValue: position - relation.columns.count)?.type ?? .bigint
    }

    private func process(_ rows: ShardedRows, _ shard: Int, _ codec: inout KeyCodec) throws(StateError) {
        let range = rows.range(of: shard)
        guard !range.isEmpty else { return }
        let batch = rows.batch
        let store = stores[shard]
        let keptColumns = kept.map { position in
            position < relation.columns.count ? batch.columns[position] : batch.eventTimes
        }
        let before = kept.map { ColumnBuilder(type: type($0), capacity: range.count) }
        let was = Bitmap(repeating: false, count: range.count)
        let present = Bitmap(repeating: true, count: range.count)
        let times = batch.eventTimes.int64s
        for (index, place) in range.enumerated() {
            let row = Int(rows.rows[place])
            var key = rows.fingerprints[place]
            var slot: UInt32 = 0
            var isNew: UInt8 = 0
            try store.findOrInsert(&key, count: 1, slots: &slot, isNew: &isNew)
            let state = store.payload(of: slot)
            if isNew == 0 { was.set(index) }
            KeyCodec.decode(isNew == 0 ? store.blobs.bytes(at: state) : nil, into: before)
            let isValue = batch.valuePresence.map({ $0[row] }) ?? true
            if isValue, isAlive(slot, isNew: isNew != 0, at: times[row], batch.watermark(at: row), store) {
                codec.encode(keptColumns, row: row) { store.blobs.replace(at: state, with: $0) }
                if lifetime != nil { state.set(Self.sequenceOffset, batch.sequence(of: row)) }
                store.markChanged(slot)
            } else {
                present.clear(index)
                store.remove(slot)
            }
        }
        parts[shard].append(changes(rows, range, before.map { $0.finish() }, was: was, present: present))
    }

    /// Gives a row its time; false where that is over already.
    private func isAlive(
        _ slot: UInt32, isNew: Bool, at time: Int64, _ watermark: Int64, _ store: KeyedStateStore
    ) -> Bool {
        guard let lifetime else { return true }
        let watermark = max(watermark, store.retiredWatermark)
        let death = time &+ lifetime
        let former = isNew ? .min : store.expiry(of: slot)
        let expiry = former > watermark ? max(former, death) : death
        guard expiry > watermark else { return false }
        store.setExpiry(expiry, of: slot)
        return true
    }

    private static let expiryCount = 4096

    /// Takes rows away whose time is over.
    private func expire(_ shard: Int, _ watermark: Int64) throws(StateError) {
        let store = stores[shard]
        var slots = [UInt32](repeating: 0, count: Self.expiryCount)
        while true {
            let count = try store.takeExpired(upTo: watermark, into: &slots, capacity: Self.expiryCount)
            if count == 0 { return }
            let builders = kept.map { ColumnBuilder(type: type($0), capacity: count) }
            var sequences: [Int64] = []
            for slot in slots[..<count] {
                let state = store.payload(of: slot)
                KeyCodec.decode(store.blobs.bytes(at: state), into: builders)
                sequences.append(state.field(Self.sequenceOffset))
            }
            var columns = [Column](repeating: RowBatch.absent, count: relation.width)
            for (position, builder) in zip(kept, builders) { columns[position] = builder.finish() }
            // What is not kept is NULL, and not absent: others of the round may have it.
            for position in outputs.needed where columns[position].count == 0 {
                columns[position] = .nulls(type(position), count: count)
            }
            parts[shard].append(
                ChangeBatch(
                    relation: relation, count: count, new: columns,
                    newPresence: Bitmap(repeating: false, count: count), old: capturesOld ? columns : nil,
                    oldPresence: nil, sequences: .bigints(sequences)))
        }
    }

    private func changes(
        _ rows: ShardedRows, _ range: Range<Int>, _ before: [Column], was: Bitmap, present: Bitmap
    ) -> ChangeBatch {
        let batch = rows.batch
        let selection = Selection(
            Array(UnsafeBufferPointer(start: rows.rows + range.lowerBound, count: range.count)))
        var new = batch.columns.map { $0.count == batch.count ? $0.gather(selection) : RowBatch.absent }
        new[relation.position(of: .rowTime)] = batch.eventTimes.gather(selection)
        var old: [Column]?
        if capturesOld {
            var columns = [Column](repeating: RowBatch.absent, count: relation.width)
            for key in 0..<relation.keyCount { columns[key] = new[key] }
            for (index, position) in kept.enumerated() where position >= relation.keyCount {
                columns[position] = before[index]
            }
            // Pseudo-columns of the record that made the row are not kept; those of this record stand in.
            for position in relation.columns.count..<relation.width where columns[position].count == 0 {
                columns[position] = new[position]
            }
            old = columns
        }
        return ChangeBatch(
            relation: relation, count: range.count, new: new, newPresence: present, old: old,
            oldPresence: was,
            sequences: .bigints(range.map { batch.sequence(of: Int(rows.rows[$0])) }))
    }

    func clear() {
        for index in deposits.indices { deposits[index] = [] }
    }

    /// What changed since the last call, in the order of the records.
    func takeChanges() -> ChangeBatch? {
        let made = parts.flatMap { $0 }
        for shard in parts.indices { parts[shard] = [] }
        guard !made.isEmpty else { return nil }
        let all = ChangeBatch.concatenate(made).sortedBySequence()
        let visible = (0..<Int32(all.count)).filter { all.isPresent(Int($0)) || all.wasPresent(Int($0)) }
        if visible.isEmpty { return nil }
        return visible.count == all.count ? all : all.gather(Selection(visible))
    }
}
