import Columnar
import Expressions
import Planning
import State

/// GROUP BY: folds rows into the state of their group and window, and tells what changed.
final class AggregationOperator: StatefulOperator, @unchecked Sendable {
    let level: Int
    let counters = Counters()
    let plan: AggregationPlan
    let output: Relation
    private let seed: Fingerprint
    private let expressions: [CompiledExpressions]
    private let shards: [AggregationShard]
    private var deposits: [[GroupedRows]]
    private var changes: [GroupedChanges] = []
    /// Changes are put in the order of their records, which sinks without an order of their own do not need.
    var ordersChanges = true

    init(
        plan: AggregationPlan, output: Relation, level: Int, shards: [AggregationShard], seed: Fingerprint,
        slots: Int
    ) {
        self.plan = plan
        self.output = output
        self.level = level
        self.shards = shards
        self.seed = seed
        let list = plan.groupBy + plan.aggregates.flatMap(\.arguments)
        expressions = (0..<slots).map { _ in CompiledExpressions(list, salt: 2) }
        deposits = Array(repeating: [], count: slots)
    }

    func take(_ batch: RowBatch, _ slot: Slot) {
        let columns = expressions[slot.index].evaluate(
            batch.columns, count: batch.count, context: slot.context)
        let keys = Array(columns[..<plan.groupBy.count])
        let rows = ShardedRows(
            batch: batch, keys: keys, columns: columns, seed: seed, skipsNullKeys: true)
        deposits[slot.index].append(GroupedRows(rows: rows, plan: plan, seed: seed))
    }

    /// Takes changes of a table, of which those rows count that pass the query's condition.
    func take(_ changes: ChangeBatch, was: Bitmap, present: Bitmap, _ context: EvaluationContext) {
        let new = expressions[0].evaluate(changes.new, count: changes.count, context: context)
        let old = expressions[0].evaluate(changes.old ?? changes.new, count: changes.count, context: context)
        let time = changes.new[changes.relation.position(of: .rowTime)]
        self.changes.append(
            GroupedChanges(
                old: old, new: new, was: was, present: present, times: time, sequences: changes.sequences,
                keyCount: plan.groupBy.count, seed: seed))
    }

    /// Takes up the changes of tables that were left here.
    func foldChanges(_ workers: WorkerPool) throws(StateError) {
        guard !changes.isEmpty else { return }
        let failure = FirstFailure<StateError>()
        workers.forEach(shards.count) { index in
            do throws(StateError) {
                for part in changes { try shards[index].fold(part, shard: index) }
            } catch {
                failure.note(error)
            }
        }
        changes.removeAll()
        try failure.rethrow()
    }

    /// The epoch's clock, for functions behind the aggregation.
    func setClock(_ clock: Int64, seed: UInt64) {
        for shard in shards {
            shard.context.clock = clock
            shard.context.seed = seed
        }
    }

    func processShard(_ shard: Int, watermark: Int64) throws(StateError) {
        for slot in deposits {
            for rows in slot { try shards[shard].fold(rows, shard: shard) }
        }
        counters.add(.late, try shards[shard].endRound(watermark: watermark))
    }

    /// The watermark at which a window gives its row, or a row goes, or some time before; nil where none
    /// waits for that.
    var nextClosing: Int64? {
        plan.emission == .final || plan.rowLifetime != nil
            ? shards.compactMap(\.store.earliestExpiry).min() : nil
    }

    func clear() {
        for index in deposits.indices { deposits[index] = [] }
    }

    /// What changed since the last call: with EMIT FINAL the windows that closed, else each group that was
    /// touched.
    func takeChanges(_ workers: WorkerPool) -> ChangeBatch? {
        let parts = ShardParts<ChangeBatch>()
        workers.forEach(shards.count) { index in
            parts[index] = shards[index].takeChanges()
        }
        let made = parts.all
        guard !made.isEmpty else { return nil }
        let joined = ChangeBatch.concatenate(made)
        guard ordersChanges else { return joined }
        return plan.emission == .final ? joined.sortedByWindow() : joined.sortedBySequence()
    }

    /// At the end of an epoch, when the changes were taken.
    func endEpoch(_ workers: WorkerPool) throws(StateError) {
        let failure = FirstFailure<StateError>()
        workers.forEach(shards.count) { index in
            do throws(StateError) { try shards[index].endEpoch() } catch { failure.note(error) }
        }
        try failure.rethrow()
    }
}

/// A batch of rows ready for the aggregation's shards.
struct GroupedRows: Sendable {
    let rows: ShardedRows
    let keyCount: Int
    /// For each aggregate where its arguments start among the columns, and how many they are.
    let arguments: [(start: Int, count: Int)]
    /// Fingerprints of the argument of each aggregate that counts distinct values; by row of the batch.
    let distinctValues: [Buffer?]
    /// For sessions: the number of each row's record, for the functions that take it. Known only when the
    /// batch has its place, so shards fill it in, each for its own rows.
    private let numbers: Column?
    private let isNumbered: [Bool]

    init(rows: ShardedRows, plan: AggregationPlan, seed: Fingerprint) {
        self.rows = rows
        keyCount = plan.groupBy.count
        var start = plan.groupBy.count
        var arguments: [(start: Int, count: Int)] = []
        var distinct: [Buffer?] = []
        for call in plan.aggregates {
            arguments.append((start, call.arguments.count))
            if call.function.countsDistinct {
                let buffer = Buffer(capacity: rows.batch.count * 16)
                KeyHash.fingerprints(
                    of: Array(rows.columns[start..<start + call.arguments.count]), count: rows.batch.count,
                    seed: seed, into: buffer.pointer.assumingMemoryBound(to: Fingerprint.self))
                distinct.append(buffer)
            } else {
                distinct.append(nil)
            }
            start += call.arguments.count
        }
        self.arguments = arguments
        distinctValues = distinct
        isNumbered = plan.aggregates.map { plan.hasSessions && $0.function.numbered != nil }
        numbers =
            isNumbered.contains(true)
            ? .bigints([Int64](repeating: 0, count: rows.batch.count)) : nil
    }

    func note(_ number: Int64, of row: Int) { numbers?.int64s[row] = number }

    var keys: [Column] { Array(rows.columns[..<keyCount]) }

    func arguments(of aggregate: Int) -> [Column] {
        let (start, count) = arguments[aggregate]
        let own = Array(rows.columns[start..<start + count])
        guard let numbers, isNumbered[aggregate] else { return own }
        // Behind the one column that such functions fold; their options are known.
        return [own[0], numbers]
    }
}
