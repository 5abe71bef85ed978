import Columnar
import Expressions
import Planning

/// Answers a SELECT of its own from rows that it is given.
public final class RowAnswer {
    private let plan: AnswerPlan
    private let filter: CompiledExpressions?
    private let expressions: CompiledExpressions

    public init(_ plan: AnswerPlan) {
        self.plan = plan
        filter = plan.filter.map { CompiledExpressions([$0]) }
        expressions = CompiledExpressions(plan.expressions)
    }

    /// The answer's columns for each row that it is given, and which of these rows belong to the answer.
    ///
    /// - Parameters:
    ///   - columns: the source's columns and behind them its pseudo-columns.
    ///   - clock: what wall-clock functions see, milliseconds since the epoch.
    public func rows(
        _ columns: [Column], count: Int, clock: Int64
    ) -> (columns: [Column], chosen: [Int]) {
        let context = EvaluationContext(clock: clock)
        var chosen = Array(0..<count)
        if let filter {
            let isTrue = filter.evaluate(columns, count: count, context: context)[0]
            chosen = chosen.filter { isTrue.isValid($0) && isTrue.booleans[$0] }
        }
        if let limit = plan.limit { chosen = Array(chosen.prefix(limit)) }
        return (expressions.evaluate(columns, count: count, context: context), chosen)
    }
}
