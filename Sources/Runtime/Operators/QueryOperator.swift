import Columnar
import Expressions
import Planning

/// A query at work: filter, deduplication, then projection or aggregation.
///
/// What needs no state is computed chunk by chunk in `process`, on the slot's thread; rows that meet state
/// are left with the stateful operator, which takes them up shard by shard when the phase is over.
final class QueryOperator: @unchecked Sendable {
    let plan: QueryPlan
    let outputs: Outputs
    let deduplication: DeduplicationOperator?
    let priorRows: PriorRowsOperator?
    let totals: RunningTotalsOperator?
    let aggregation: AggregationOperator?
    private let isVarying: Bool
    private let neededInput: Set<Int>
    /// Columns that are read behind the deduplication.
    private let neededLater: Set<Int>
    /// Positions of the output and the expressions that fill them.
    private let projected: [(position: Int, expression: Expression)]
    /// Pseudo-columns that pass through: from and to.
    private let passed: [(from: Int, to: Int)]
    /// Key columns of the output that are made of the input's values.
    private let maskedKeys: [Int]
    private let outputTime: OutputTime?
    private let explosion: RowExplosion?
    /// How far the rows that it makes have come, where it gives them times or numbers of their own.
    private(set) var progress: SourceProgress?
    /// By slot: what waits for its place, in the order in which it gets one.
    private var unplaced: [[Unplaced]]
    private var slots: [Compiled]

    private enum Unplaced {
        case numbers(ChunkTime)
        case times(ChunkTime)
    }

    private struct Compiled {
        let filter: CompiledExpressions?
        let projection: CompiledExpressions?
    }

    init(
        plan: QueryPlan, outputs: Outputs, deduplication: DeduplicationOperator?,
        priorRows: PriorRowsOperator?, totals: RunningTotalsOperator?, aggregation: AggregationOperator?,
        watermarkDelay: Int64, slots count: Int
    ) {
        self.plan = plan
        self.outputs = outputs
        self.deduplication = deduplication
        self.priorRows = priorRows
        self.totals = totals
        self.aggregation = aggregation
        let needs = QueryNeeds(plan: plan, output: outputs.needed)
        neededInput = (deduplication?.observers ?? []).reduce(needs.all) { $0.union($1.columns) }
        neededLater = needs.shape
        isVarying = needs.isVarying
        projected = needs.projected
        passed = needs.passed
        maskedKeys = needs.projected.filter { projected in
            projected.position < plan.output.keyCount
                && projected.expression.columns.contains {
                    $0 >= plan.input.keyCount && $0 < plan.input.columns.count
                }
        }.map(\.position)
        outputTime = plan.outputTime.map(OutputTime.init)
        explosion = plan.tableFunctions.isEmpty ? nil : RowExplosion(plan, needed: needs.shape, slots: count)
        progress =
            plan.retimesRows || explosion != nil ? SourceProgress(delay: watermarkDelay) : nil
        unplaced = Array(repeating: [], count: count)
        let projection = needs.projected.map(\.expression)
        slots = (0..<count).map { _ in
            Compiled(
                filter: plan.filter.map { CompiledExpressions([$0]) },
                projection: projection.isEmpty ? nil : CompiledExpressions(projection, salt: 1))
        }
    }

    // MARK: Rows of a stream

    func process(_ batch: RowBatch, _ slot: Slot) {
        // A record without a value passes no condition and belongs to no group.
        var batch = aggregation != nil || plan.filter != nil ? batch.withValues : batch
        guard batch.aliveCount > 0 else { return }
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

    /// Whether rows wait for the shard phase of a level, to be taken on by `resume`.
    func holdsRows(at level: Int) -> Bool {
        deduplication?.level == level || priorRows?.level == level || totals?.level == level
    }

    /// Takes up the rows that the deduplication let through, or that see the rows before them now.
    func resume(_ slot: Slot, _ level: Int) {
        if let deduplication, deduplication.level == level {
            for batch in deduplication.release(slot) where batch.aliveCount > 0 {
                shape(batch.compacted(needed: neededLater), slot)
            }
        }
        if let priorRows, priorRows.level == level {
            for batch in priorRows.release(slot) {
                prepare(slot, batch)
                if let totals {
                    totals.take(batch, slot)
                } else {
                    outputs.deliver(project(batch, slot), to: slot)
                }
            }
        }
        if let totals, totals.level == level {
            for batch in totals.release(slot) {
                prepare(slot, batch)
                outputs.deliver(project(batch, slot), to: slot)
            }
        }
    }

    private func shape(_ batch: RowBatch, _ slot: Slot) {
        prepare(slot, batch)
        if let aggregation {
            aggregation.take(batch, slot)
        } else if let priorRows {
            // A record without a value is none that others see.
            priorRows.take(batch.withValues, slot)
        } else if let totals {
            totals.take(batch.withValues, slot)
        } else if let explosion {
            explosion.forEachPart(of: batch, slot) { part in
                unplaced[slot.index].append(.numbers(part.time))
                if isVarying { slot.context.positions = positions(part) + [explosion.elementNumbers(part)] }
                outputs.deliver(project(part, slot), to: slot)
            }
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
        if let valuePresence = batch.valuePresence { maskKeys(&result, valuePresence) }
        if let outputTime {
            result = outputTime.applied(to: result, rowTime: plan.output.position(of: .rowTime))
            unplaced[slot.index].append(.times(result.time))
        }
        return result
    }

    /// Gives the rows that were made since the last call their numbers and places in time, in the order of
    /// slots.
    func placeTimes() {
        guard progress != nil else { return }
        for slot in unplaced.indices {
            for waiting in unplaced[slot] {
                switch waiting {
                case .numbers(let time): progress?.number(time)
                case .times(let time) where time.count > 0: progress?.place(time)
                case .times: break
                }
            }
            unplaced[slot].removeAll(keepingCapacity: true)
        }
    }

    func restore(_ saved: SourceProgress) { progress = progress?.resumed(from: saved) }

    /// A part of the key that is made of values is NULL where the record had none.
    private func maskKeys(_ batch: inout RowBatch, _ valuePresence: Bitmap) {
        for position in maskedKeys where batch.columns[position].count == batch.count {
            let column = batch.columns[position]
            let builder = ColumnBuilder(type: column.type, capacity: batch.count)
            for row in 0..<batch.count { builder.append(valuePresence[row] ? column.value(at: row) : .null) }
            batch.columns[position] = builder.finish()
        }
    }

    /// Tells RANDOM() and UUID() which records the rows are.
    private func prepare(_ slot: Slot, _ batch: RowBatch) {
        guard isVarying else { return }
        slot.context.positions = positions(batch)
    }

    private func positions(_ batch: RowBatch) -> [Column] {
        QueryNeeds.positionColumns.map { batch.columns[plan.input.position(of: $0)] }
    }

    // MARK: Changes of a table

    /// Filters a table's changes and projects them, or leaves them with the aggregation; called by the task's
    /// thread.
    func process(_ changes: ChangeBatch, _ context: EvaluationContext) {
        context.positions = isVarying ? [changes.sequences] : []
        let present = passing(changes.new, of: changes.newPresence, changes.count, context)
        let was =
            changes.old.map { passing($0, of: changes.oldPresence, changes.count, context) }
            ?? changes.oldPresence
        if let aggregation {
            let all = Bitmap(repeating: true, count: changes.count)
            return aggregation.take(changes, was: was ?? all, present: present ?? all, context)
        }
        var result = ChangeBatch(
            relation: plan.output, count: changes.count, new: rows(changes.new, changes.count, context),
            newPresence: present, old: changes.old.map { rows($0, changes.count, context) }, oldPresence: was,
            sequences: changes.sequences)
        // What neither was nor is comes as a tombstone that is to be handed on.
        let visible = (0..<Int32(changes.count)).filter {
            let row = Int($0)
            return result.isPresent(row) || result.wasPresent(row)
                || !changes.isPresent(row) && !changes.wasPresent(row)
        }
        if visible.count < changes.count { result = result.gather(Selection(visible)) }
        outputs.deliver(result, context)
    }

    /// The rows that are there and pass the query's condition; nil is all.
    private func passing(
        _ columns: [Column], of present: Bitmap?, _ count: Int, _ context: EvaluationContext
    ) -> Bitmap? {
        guard let filter = slots[0].filter else { return present }
        let condition = filter.evaluate(columns, count: count, context: context)[0]
        return Bitmap.intersection(Bitmap.intersection(condition.booleans, condition.validity), present)
    }

    private func rows(_ columns: [Column], _ count: Int, _ context: EvaluationContext) -> [Column] {
        var result = [Column](repeating: RowBatch.absent, count: plan.output.width)
        if let projection = slots[0].projection {
            let made = projection.evaluate(columns, count: count, context: context)
            for (index, target) in projected.enumerated() { result[target.position] = made[index] }
        }
        for pseudo in PseudoColumn.allCases {
            result[plan.output.position(of: pseudo)] = columns[plan.input.position(of: pseudo)]
        }
        if let outputTime {
            let place = plan.output.position(of: .rowTime)
            result[place] = outputTime.times(result, instead: result[place])
        }
        return result
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
