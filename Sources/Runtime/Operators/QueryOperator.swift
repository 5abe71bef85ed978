import Columnar
import Expressions
import Planning

/// A query at work: filter, deduplication, then projection or aggregation.
///
/// What needs no state is computed chunk by chunk in `process`, on the slot's thread; rows that meet state are left
/// with the stateful operator, which takes them up shard by shard when the phase is over.
final class QueryOperator: @unchecked Sendable {
    let plan: QueryPlan
    let outputs: Outputs
    let deduplication: DeduplicationOperator?
    let aggregation: AggregationOperator?
    private let isVarying: Bool
    private let neededInput: Set<Int>
    /// Columns that are read behind the deduplication.
    private let neededLater: Set<Int>
    /// Positions of the output and the expressions that fill them.
    private let projected: [(position: Int, expression: Expression)]
    /// Pseudo-columns that pass through: from and to.
    private let passed: [(from: Int, to: Int)]
    private var slots: [Compiled]

    private struct Compiled {
        let filter: CompiledExpressions?
        let projection: CompiledExpressions?
    }

    init(
        plan: QueryPlan, outputs: Outputs, deduplication: DeduplicationOperator?,
        aggregation: AggregationOperator?, slots count: Int
    ) {
        self.plan = plan
        self.outputs = outputs
        self.deduplication = deduplication
        self.aggregation = aggregation
        let needs = QueryNeeds(plan: plan, output: outputs.needed)
        neededInput = needs.all
        neededLater = needs.shape
        isVarying = needs.isVarying
        projected = needs.projected
        passed = needs.passed
        let projection = needs.projected.map(\.expression)
        slots = (0..<count).map { _ in
            Compiled(
                filter: plan.filter.map { CompiledExpressions([$0]) },
                projection: projection.isEmpty ? nil : CompiledExpressions(projection, salt: 1))
        }
    }

    // MARK: Rows of a stream

    func process(_ batch: RowBatch, _ slot: Slot) {
        var batch = batch
        prepare(slot, batch)
        if let filter = slots[slot.index].filter {
            let passing = filter.select(batch.columns, count: batch.count, context: slot.context)
            guard passing.count > 0 else { return }
            batch = batch.selecting(batch.selection.map { $0.intersection(passing) } ?? passing)
            guard batch.aliveCount > 0 else { return }
            batch = batch.compacted(needed: neededInput)
        }
        if let deduplication {
            prepare(slot, batch)
            deduplication.take(batch, slot)
        } else {
            shape(batch, slot)
        }
    }

    /// Takes up the rows that the deduplication let through.
    func resume(_ slot: Slot) {
        guard let deduplication else { return }
        for batch in deduplication.release(slot) where batch.aliveCount > 0 {
            shape(batch.compacted(needed: neededLater), slot)
        }
    }

    private func shape(_ batch: RowBatch, _ slot: Slot) {
        prepare(slot, batch)
        if let aggregation {
            aggregation.take(batch, slot)
        } else {
            outputs.deliver(project(batch, slot), to: slot)
        }
    }

    private func project(_ batch: RowBatch, _ slot: Slot) -> RowBatch {
        var result = batch
        result.columns = [Column](repeating: RowBatch.absent, count: plan.output.width)
        if let projection = slots[slot.index].projection {
            let columns = projection.evaluate(batch.columns, count: batch.count, context: slot.context)
            for (index, target) in projected.enumerated() { result.columns[target.position] = columns[index] }
        }
        for (from, to) in passed { result.columns[to] = batch.columns[from] }
        return result
    }

    /// Tells RANDOM() and UUID() which records the rows are.
    private func prepare(_ slot: Slot, _ batch: RowBatch) {
        guard isVarying else { return }
        slot.context.positions = QueryNeeds.positionColumns.map {
            batch.columns[plan.input.position(of: $0)]
        }
    }

    // MARK: Changes of a table

    /// Filters and projects a table's changes; called by the task's thread.
    func process(_ changes: ChangeBatch) {
        let context = EvaluationContext()
        let new = rows(changes.new, present: changes.newPresence, changes.count, context)
        let old = changes.old.map { rows($0, present: changes.oldPresence, changes.count, context) }
        var result = ChangeBatch(
            relation: plan.output, count: changes.count, new: new.columns, newPresence: new.present,
            old: old?.columns, oldPresence: old?.present ?? changes.oldPresence, sequences: changes.sequences)
        let visible = (0..<Int32(changes.count)).filter {
            result.isPresent(Int($0)) || result.wasPresent(Int($0))
        }
        if visible.count < changes.count { result = result.gather(Selection(visible)) }
        outputs.deliver(result, toSinks: true)
    }

    private func rows(
        _ columns: [Column], present: Bitmap?, _ count: Int, _ context: EvaluationContext
    ) -> (columns: [Column], present: Bitmap?) {
        var result = [Column](repeating: RowBatch.absent, count: plan.output.width)
        if let projection = slots[0].projection {
            let made = projection.evaluate(columns, count: count, context: context)
            for (index, target) in projected.enumerated() { result[target.position] = made[index] }
        }
        for pseudo in PseudoColumn.allCases {
            result[plan.output.position(of: pseudo)] = columns[plan.input.position(of: pseudo)]
        }
        guard let filter = slots[0].filter else { return (result, present) }
        let passing = filter.evaluate(columns, count: count, context: context)[0]
        let kept = Bitmap.intersection(passing.booleans, passing.validity)
        return (result, Bitmap.intersection(kept, present))
    }
}

extension Selection {
    /// Rows in both; both are ascending.
    func intersection(_ other: Selection) -> Selection {
        let buffer = Buffer(capacity: min(count, other.count) * 4)
        let out = buffer.pointer.assumingMemoryBound(to: Int32.self)
        var (left, right, kept) = (0, 0, 0)
        while left < count, right < other.count {
            let (a, b) = (rows[left], other.rows[right])
            if a == b {
                out[kept] = a
                kept += 1
            }
            if a <= b { left += 1 }
            if b <= a { right += 1 }
        }
        return Selection(buffer: buffer, count: kept)
    }
}
