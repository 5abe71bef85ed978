import Columnar

/// A list of expressions, compiled once and evaluated over many batches; equal parts are computed once.
public final class CompiledExpressions {
    public let types: [DataType]

    /// - Parameter salt: tells RANDOM() and UUID() of this list from those of another list of the same query.
    public init(_ expressions: [Expression], salt: Int = 0) {
        types = expressions.map(\.type)
    }

    /// One column of `count` rows for each expression.
    public func evaluate(_ columns: [Column], count: Int, context: EvaluationContext) -> [Column] {
        preconditionFailure("the evaluator is being built")
    }

    /// The rows for which the list's first expression, a BOOLEAN, is true, ascending.
    public func select(_ columns: [Column], count: Int, context: EvaluationContext) -> Selection {
        Selection(whereTrue: evaluate(columns, count: count, context: context)[0])
    }
}
