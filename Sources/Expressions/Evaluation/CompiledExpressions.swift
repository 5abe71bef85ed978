import Columnar

/// A list of expressions, compiled once and evaluated over many batches; equal parts are computed once.
///
/// The compiled form never changes: threads may evaluate it at once, each with a context of its own.
public final class CompiledExpressions: @unchecked Sendable {
    public let types: [DataType]
    private let roots: [Node]
    private let slots: Int
    private let scopes: Int

    /// - Parameter salt: tells RANDOM() and UUID() of this list from those of another list of the same query.
    public init(_ expressions: [Expression], salt: Int = 0) {
        types = expressions.map(\.type)
        var compiler = Compiler(salt: salt)
        var roots: [Node] = []
        for expression in expressions { roots.append(compiler.compile(expression)) }
        self.roots = roots
        slots = compiler.slots
        scopes = compiler.scopes
    }

    /// One column of `count` rows for each expression.
    public func evaluate(_ columns: [Column], count: Int, context: EvaluationContext) -> [Column] {
        let frame = frame(columns, count, context)
        return roots.map { $0.value(frame).expanded(to: count) }
    }

    /// The rows for which the list's first expression, a BOOLEAN, is true and not NULL, ascending.
    public func select(_ columns: [Column], count: Int, context: EvaluationContext) -> Selection {
        let value = roots[0].value(frame(columns, count, context))
        guard value.isConstant else { return Selection(whereTrue: value.column) }
        let isTrue = value.column.isValid(0) && value.column.booleans[0]
        return Selection(ones: Bitmap(repeating: isTrue, count: count))
    }

    private func frame(_ columns: [Column], _ count: Int, _ context: EvaluationContext) -> Frame {
        Frame(columns: columns, count: count, context: context, slots: slots, scopes: scopes)
    }
}
