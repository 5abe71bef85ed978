import Columnar
import Diagnostics
import Expressions
import Planning

/// Takes rows of a pull query's source and makes the answer of them.
struct AnswerRows {
    private let plan: AnswerPlan
    private let context: EvaluationContext
    private let maximumRows: Int
    private let filter: CompiledExpressions?
    /// The answer's columns and behind them what it is ordered by.
    private let made: CompiledExpressions
    /// Positions of the source's row that are read behind the filter.
    private let needed: Set<Int>
    private var groups: PulledGroups?
    private var blocks: [[Column]] = []
    private var count = 0

    init(_ plan: AnswerPlan, clock: Int64, maximumRows: Int) {
        self.plan = plan
        self.maximumRows = maximumRows
        context = EvaluationContext(clock: clock)
        filter = plan.filter.map { CompiledExpressions([$0]) }
        made = CompiledExpressions(plan.expressions + plan.order.map(\.expression))
        if let grouping = plan.grouping {
            groups = PulledGroups(grouping, plan.source, context)
            let list = grouping.aggregation.groupBy + grouping.aggregation.aggregates.flatMap(\.arguments)
            needed = list.reduce(into: [plan.source.position(of: .rowTime)]) { $0.formUnion($1.columns) }
        } else {
            let list = plan.expressions + plan.order.map(\.expression)
            needed = list.reduce(into: []) { $0.formUnion($1.columns) }
        }
    }

    /// Takes rows in the source's layout.
    ///
    /// - Returns: whether more could change the answer.
    mutating func take(_ columns: [Column], count: Int) throws(Diagnostic) -> Bool {
        var columns = columns
        var count = count
        if let filter {
            let passing = filter.select(columns, count: count, context: context)
            guard passing.count > 0 else { return true }
            if passing.count < count {
                for position in columns.indices {
                    columns[position] =
                        needed.contains(position) ? columns[position].gather(passing) : RowBatch.absent
                }
                count = passing.count
            }
        }
        if groups != nil {
            try groups?.take(columns, count: count)
            return true
        }
        guard count > 0 else { return true }
        try append(made.evaluate(columns, count: count, context: context), count)
        guard let limit = plan.limit else { return true }
        return !plan.order.isEmpty || self.count < limit
    }

    private mutating func append(_ columns: [Column], _ more: Int) throws(Diagnostic) {
        blocks.append(columns)
        count += more
        // Of rows in order only the first are of use.
        if let limit = plan.limit, !plan.order.isEmpty, count > max(65_536, limit * 2) {
            sort()
        }
        try PullAnswering.check(count, maximumRows)
    }

    mutating func finish() throws(Diagnostic) -> PulledRows {
        if let groups {
            let made = try groups.finish()
            if made.count > 0 {
                try append(
                    self.made.evaluate(made.columns, count: made.count, context: context), made.count)
            }
        }
        if plan.order.isEmpty { join() } else { sort() }
        var columns = blocks.first ?? made.types.map { .nulls($0, count: 0) }
        if let limit = plan.limit, limit < count {
            columns = columns.map { $0.slice(0..<limit) }
            count = limit
        }
        return PulledRows(
            columns: plan.columns, values: Array(columns[..<plan.columns.count]), count: count,
            isLimited: plan.limit == count)
    }

    private mutating func join() {
        guard blocks.count > 1 else { return }
        let all = blocks
        blocks = [all[0].indices.map { index in Column.concatenate(all.map { $0[index] }) }]
    }

    /// Puts the rows in order, as far as the limit goes.
    private mutating func sort() {
        join()
        guard let columns = blocks.first else { return }
        let keys = columns[plan.columns.count...]
        let order = RowSort.order(
            zip(keys, plan.order).map { ($0, $1.isDescending) }, count: count, limit: plan.limit)
        let selection = Selection(order)
        blocks = [columns.map { $0.gather(selection) }]
        count = order.count
    }
}
