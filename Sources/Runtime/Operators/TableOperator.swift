import Columnar
import Planning
import State

/// A table that is read from a source: records become changes with the row before and the row after.
///
/// State: for each key the latest row, as far as its columns are read. Records without a key are no rows; a
/// record without a value takes its key's row away.
final class TableOperator: StatefulOperator, @unchecked Sendable {
    let level = 0
    let outputs: Outputs
    private let relation: Relation
    private let seed: Fingerprint
    private let stores: [KeyedStateStore]
    /// The positions whose values are kept: the value columns that are read, and ROWTIME.
    private let kept: [Int]
    /// Whether somebody downstream asks for the values before a change.
    private let capturesOld: Bool
    private var deposits: [[ShardedRows]]
    private var parts: [[ChangeBatch]]

    init(
        outputs: Outputs, stores: [KeyedStateStore], seed: Fingerprint, slots: Int, capturesOld: Bool
    ) {
        self.outputs = outputs
        relation = outputs.relation
        self.stores = stores
        self.seed = seed
        self.capturesOld = capturesOld
        let values = relation.columns.indices.filter { $0 >= outputs.relation.keyCount }
        kept =
            capturesOld
            ? values.filter(outputs.needed.contains) + [relation.position(of: .rowTime)] : []
        deposits = Array(repeating: [], count: slots)
        parts = Array(repeating: [], count: ShardedRows.shardCount)
    }

    /// The shape of the state of one shard.
    static func layout(_ relation: Relation, shard: Int) -> StateLayout {
        StateLayout(name: "\(relation.name)/rows/\(shard)", payloadBytes: 8, blobOffsets: [0])
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
        try stores[shard].maintain()
    }

    private func type(_ position: Int) -> DataType {
        position < relation.columns.count ? relation.columns[position].type : .bigint
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
        for (index, place) in range.enumerated() {
            let row = Int(rows.rows[place])
            var key = rows.fingerprints[place]
            var slot: UInt32 = 0
            var isNew: UInt8 = 0
            try store.findOrInsert(&key, count: 1, slots: &slot, isNew: &isNew)
            let state = store.payload(of: slot)
            if isNew == 0 { was.set(index) }
            KeyCodec.decode(isNew == 0 ? store.blobs.bytes(at: state) : nil, into: before)
            if batch.valuePresence.map({ $0[row] }) ?? true {
                codec.encode(keptColumns, row: row) { store.blobs.replace(at: state, with: $0) }
                store.markChanged(slot)
            } else {
                present.clear(index)
                store.remove(slot)
            }
        }
        parts[shard].append(changes(rows, range, before.map { $0.finish() }, was: was, present: present))
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
            for (index, position) in kept.enumerated() { columns[position] = before[index] }
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
