import Expressions
import Planning

/// Which columns a join reads of its sides, given what is read of the joined row.
struct JoinNeeds {
    /// Positions in the sides' layouts.
    private(set) var left: Set<Int> = []
    private(set) var right: Set<Int> = []

    init(_ plan: JoinPlan, output: Set<Int>) {
        for position in output {
            if position >= plan.output.columns.count {
                // A record that meets a table's row stays the record that it is.
                guard plan.mode == .streamTable else { continue }
                left.insert(position - plan.output.columns.count + plan.left.columns.count)
            } else if position >= plan.rightStart {
                right.insert(position - plan.rightStart)
            } else if position >= plan.leftStart {
                left.insert(position - plan.leftStart)
            }
        }
        for key in plan.leftKeys { left.formUnion(key.columns) }
        for key in plan.rightKeys { right.formUnion(key.columns) }
        if plan.mode == .foreignKey { left.formUnion(0..<plan.left.keyCount) }
    }

    /// What a query keeps of its joined rows, whoever reads its result: state must not depend on that.
    static func kept(_ query: QueryPlan) -> [Set<Int>] {
        var needed = QueryNeeds(plan: query, output: Set(query.output.columns.indices)).all
        var kept: [Set<Int>] = []
        for join in query.joins.reversed() {
            kept.insert(needed, at: 0)
            needed = JoinNeeds(join, output: needed).left
        }
        return kept
    }
}
