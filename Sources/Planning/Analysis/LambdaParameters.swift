import Expressions
import Language

/// The names that lambdas around an expression give their parameters; they hide columns of the same name.
struct LambdaParameters {
    private var bound: [(name: String, typed: Expressions.Expression)] = []

    var count: Int { bound.count }

    mutating func push(_ names: [Identifier], _ typed: [Expressions.Expression]) {
        bound += zip(names, typed).map { (name: $0.text, typed: $1) }
    }

    /// The parameter that an expression is; the innermost of its name.
    func typed(_ syntax: Language.Expression) -> Expressions.Expression? {
        guard case .column(nil, let name) = syntax.kind else { return nil }
        return bound.last { $0.name == name.text }?.typed
    }

    /// Whether an expression depends on a parameter: then it is no column, whatever else has its writing.
    func occur(in syntax: Language.Expression) -> Bool {
        if bound.isEmpty { return false }
        return typed(syntax) != nil || syntax.kind.operands.contains(where: occur)
    }
}
