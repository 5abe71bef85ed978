import Columnar
import Expressions
import Planning
import State

/// A join of two tables on their primary keys.
///
/// State: for each key what is kept of both rows, each with its event time in front.
final class TableJoinOperator: JoinOperator, @unchecked Sendable {
    let level: Int
    let plan: JoinPlan
    let outputs: Outputs
    let counters = Counters()
    var progress = JoinProgress()
    private let layout: JoinedLayout
    private let stores: [KeyedStateStore]
    private let seed: Fingerprint
    private let keys: [CompiledExpressions]
    private var waiting: [TableSideRows] = []
    private var waitingCount = 0

    init(
        _ layout: JoinedLayout, outputs: Outputs, level: Int, stores: [KeyedStateStore], seed: Fingerprint
    ) {
        plan = layout.plan
        self.layout = layout
        self.outputs = outputs
        self.level = level
        self.stores = stores
        self.seed = seed
        keys = [CompiledExpressions(plan.leftKeys), CompiledExpressions(plan.rightKeys)]
    }

    static func stateLayout(_ plan: JoinPlan, shard: Int) -> StateLayout {
        StateLayout(name: "\(plan.output.name)/rows/\(shard)", payloadBytes: 16, blobOffsets: [0, 8])
    }

    func take(_ changes: ChangeBatch, _ side: JoinSide, _ context: EvaluationContext) {
        let joinKeys = keys[side.rawValue].evaluate(changes.new, count: changes.count, context: context)
        waiting.append(
            TableSideRows(
                changes, side, joinKeys: joinKeys, layout: layout[side], shardedBy: joinKeys,
                first: waitingCount, seed: seed))
        waitingCount += changes.count
    }

    func foldChanges(_ workers: WorkerPool, _ context: EvaluationContext) throws(StateError) {
        guard !waiting.isEmpty else { return }
        let parts = ShardParts<JoinedChanges>()
        let failure = FirstFailure<StateError>()
        workers.forEach(stores.count) { shard in
            do throws(StateError) { parts[shard] = try fold(shard) } catch { failure.note(error) }
        }
        waiting.removeAll()
        waitingCount = 0
        try failure.rethrow()
        deliver(parts, context)
    }

    private func fold(_ shard: Int) throws(StateError) -> JoinedChanges {
        var result = JoinedChanges(layout)
        let store = stores[shard]
        var codecs = [KeyCodec(types: layout.left.types), KeyCodec(types: layout.right.types)]
        for rows in waiting {
            for row in rows.rows[shard] where rows.hasKey(Int(row)) {
                try fold(rows, Int(row), store, &codecs[rows.side.rawValue], &result)
            }
        }
        try store.maintain()
        return result
    }

    private func fold(
        _ rows: TableSideRows, _ row: Int, _ store: KeyedStateStore, _ codec: inout KeyCodec,
        _ result: inout JoinedChanges
    ) throws(StateError) {
        var key = rows.fingerprints[row]
        var slot: UInt32 = 0
        var isNew: UInt8 = 0
        try store.findOrInsert(&key, count: 1, slots: &slot, isNew: &isNew)
        let state = store.payload(of: slot)
        let own = state + rows.side.rawValue * 8
        let time = rows.times.int64s[row]
        let isPresent = rows.changes.isPresent(row)
        // The former row, copied: its place is about to be written over.
        let former = store.blobs.bytes(at: own).map { Array($0) }
        let other = StoredRow(store.blobs.bytes(at: state + rows.side.other.rawValue * 8))
        codec.encode(rows.stored, row: row) { encoded in
            former.withBytes { before in
                let was = StoredRow(before)
                if was != nil || isPresent {
                    join(
                        rows, row, was, isPresent ? StoredRow(bytes: encoded, time: time) : nil, other,
                        StoredRow(bytes: encoded, time: time), &result)
                }
            }
            if isPresent { store.blobs.replace(at: own, with: encoded, time: time) }
        }
        if !isPresent { store.blobs.release(at: own) }
        if !isPresent && other == nil { store.remove(slot) } else { store.markChanged(slot) }
    }

    /// - Parameter carrier: a row of the changed side that has the key at least.
    private func join(
        _ rows: TableSideRows, _ row: Int, _ was: StoredRow?, _ now: StoredRow?, _ other: StoredRow?,
        _ carrier: StoredRow, _ result: inout JoinedChanges
    ) {
        func joined(_ own: StoredRow?) -> JoinedChanges.Row? {
            let (left, right) = rows.side == .left ? (own, other) : (other, own)
            let isThere =
                switch plan.kind {
                case .inner: left != nil && right != nil
                case .left: left != nil
                case .right: right != nil
                case .full: left != nil || right != nil
                }
            // Of the rows that are there: a row that came and went within an epoch is no change, so what
            // stays can't have the time at which it went.
            return isThere ? Self.row(left, right) : nil
        }
        let before = joined(was)
        if let after = joined(now) {
            result.append(ordinal: rows.first + row, new: after, isPresent: true, old: before)
        } else if before != nil {
            let (left, right) = rows.side == .left ? (carrier, other) : (other, carrier)
            result.append(
                ordinal: rows.first + row, new: Self.row(left, right), isPresent: false, old: before)
        }
    }

    private static func row(_ left: StoredRow?, _ right: StoredRow?) -> JoinedChanges.Row {
        JoinedChanges.Row(
            left: left?.bytes, right: right?.bytes, time: max(left?.time ?? .min, right?.time ?? .min))
    }
}
