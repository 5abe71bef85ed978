import Columnar
import Expressions
import Planning
import State

/// A join of a table with another one whose primary key an expression of its rows names.
///
/// State, by the key of the left row: which right key it names. By right key: its row, and the left rows
/// that name it, numbered without gaps, so that all are found when the right row changes and one is found and
/// taken out by its own key, at a cost that does not grow with their number.
final class ForeignKeyJoinOperator: JoinOperator, @unchecked Sendable {
    let level: Int
    let plan: JoinPlan
    let outputs: Outputs
    let counters = Counters()
    var progress = JoinProgress()
    private let layout: JoinedLayout
    /// By left key.
    private let named: [KeyedStateStore]
    private let shards: [ForeignKeyShard]
    private let seed: Fingerprint
    private let keys: [CompiledExpressions]
    private var waiting: [TableSideRows] = []
    private var waitingCount = 0

    /// What a change of a left row means for the right key that it named or names.
    struct Step: Sendable {
        enum Kind: Sendable {
            /// The row is gone.
            case delete
            /// The row names another key from now on.
            case leave
            /// The row names this key from now on.
            case join(hadAnother: Bool)
            case stay
        }

        let kind: Kind
        let ordinal: Int
        /// Of the right key, and of the left row's own.
        let foreign: Fingerprint
        let own: Fingerprint
        /// Which of the waiting changes, and its row.
        let change: Int
        let row: Int
    }

    /// - Parameter emitsPerRecord: as ksqlDB: rows in the order of their keys, and a tombstone for each row
    ///   that leaves, whether it had been there or not.
    init(
        _ layout: JoinedLayout, outputs: Outputs, level: Int, named: [KeyedStateStore],
        met: [KeyedStateStore], seed: Fingerprint, emitsPerRecord: Bool
    ) {
        plan = layout.plan
        self.layout = layout
        self.outputs = outputs
        self.level = level
        self.named = named
        self.seed = seed
        shards = met.map { ForeignKeyShard(layout, store: $0, emitsPerRecord: emitsPerRecord) }
        keys = [CompiledExpressions(plan.leftKeys), CompiledExpressions(plan.rightKeys)]
    }

    static func namedLayout(_ plan: JoinPlan, shard: Int) -> StateLayout {
        StateLayout(name: "\(plan.output.name)/named/\(shard)", payloadBytes: 16)
    }

    static func metLayout(_ plan: JoinPlan, shard: Int) -> StateLayout {
        StateLayout(name: "\(plan.output.name)/met/\(shard)", payloadBytes: 16, blobOffsets: [0])
    }

    func take(_ changes: ChangeBatch, _ side: JoinSide, _ context: EvaluationContext) {
        let joinKeys = keys[side.rawValue].evaluate(changes.new, count: changes.count, context: context)
        let own = side == .left ? Array(changes.new[..<plan.left.keyCount]) : joinKeys
        waiting.append(
            TableSideRows(
                changes, side, joinKeys: joinKeys, layout: layout[side], shardedBy: own, first: waitingCount,
                seed: seed))
        waitingCount += changes.count
    }

    func foldChanges(_ workers: WorkerPool, _ context: EvaluationContext) throws(StateError) {
        guard !waiting.isEmpty else { return }
        let failure = FirstFailure<StateError>()
        let steps = ShardParts<[Step]>()
        let rows = waiting
        workers.forEach(named.count) { shard in
            do throws(StateError) { steps[shard] = try self.steps(rows, shard) } catch { failure.note(error) }
        }
        let parts = ShardParts<JoinedChanges>()
        let all = steps.all.joined()
        workers.forEach(shards.count) { shard in
            do throws(StateError) {
                let own = all.filter { ShardedRows.shard(of: $0.foreign) == shard }
                parts[shard] = try shards[shard].fold(own, rows, shard)
            } catch {
                failure.note(error)
            }
        }
        waiting.removeAll()
        waitingCount = 0
        try failure.rethrow()
        deliver(parts, context)
    }

    /// What the changes of a shard's left rows mean for right keys; remembers which they name.
    private func steps(_ waiting: [TableSideRows], _ shard: Int) throws(StateError) -> [Step] {
        var steps: [Step] = []
        let store = named[shard]
        for (change, rows) in waiting.enumerated() where rows.side == .left && !rows.rows[shard].isEmpty {
            let foreign = TableSideRows.fingerprints(
                Array(rows.stored[..<plan.leftKeys.count]), rows.changes.count, seed)
            for number in rows.rows[shard] {
                let row = Int(number)
                var own = rows.fingerprints[row]
                // An inner row that names nothing meets nothing.
                let isPresent = rows.changes.isPresent(row) && (rows.hasKey(row) || plan.kind.keepsLeft)
                var slot: UInt32 = 0
                var isNew: UInt8 = 0
                try store.findOrInsert(&own, count: 1, slots: &slot, isNew: &isNew)
                let state = store.payload(of: slot).assumingMemoryBound(to: Fingerprint.self)
                func add(_ kind: Step.Kind, _ foreign: Fingerprint) {
                    steps.append(
                        Step(
                            kind: kind, ordinal: rows.first + row, foreign: foreign, own: own, change: change,
                            row: row))
                }
                let before = isNew == 0 ? state.pointee : nil
                if let before {
                    if !isPresent {
                        add(.delete, before)
                    } else if before == foreign[row] {
                        add(.stay, before)
                    } else {
                        add(.leave, before)
                    }
                }
                guard isPresent else {
                    store.remove(slot)
                    continue
                }
                if before != foreign[row] { add(.join(hadAnother: before != nil), foreign[row]) }
                state.pointee = foreign[row]
                store.markChanged(slot)
            }
        }
        try store.maintain()
        return steps
    }
}
