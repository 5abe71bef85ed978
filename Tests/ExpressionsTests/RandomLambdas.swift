import Columnar
import Expressions

private typealias Expr = Expressions.Expression

// Lambdas, which may stand in lambdas.
extension RandomExpressions {
    /// A call of TRANSFORM, FILTER or REDUCE that gives the type; nil where there is none.
    mutating func iteration(_ type: DataType, depth: Int) -> Expressions.Expression? {
        let collection = dice.pick([DataType.array(.integer), .map(key: .string, value: .bigint)])
        switch type {
        case .array(.integer) where dice.chance(50), .map(key: .string, value: .bigint) where dice.chance(50):
            return call(.filter, expression(type, depth: depth - 1), nil, [.boolean], depth)
        case .array(let element):
            let source = expression(.array(.integer), depth: depth - 1)
            return call(.transform, source, nil, [element], depth)
        case .map(let key, let value):
            let source = expression(.map(key: .string, value: .bigint), depth: depth - 1)
            return call(.transform, source, nil, [key, value], depth)
        default:
            let initial = expression(type, depth: depth - 1)
            return call(.reduce, expression(collection, depth: depth - 1), initial, [type], depth)
        }
    }

    private mutating func call(
        _ kind: Iteration.Kind, _ collection: Expr, _ initial: Expr?, _ results: [DataType], _ depth: Int
    ) -> Expr? {
        let count: Int
        if case .array = collection.type { count = 1 } else { count = 2 }
        let lambda = Expr.IterationArgument.lambda(parameters: count + (initial == nil ? 0 : 1))
        let arguments =
            [.value(collection)] + (initial.map { [.value($0)] } ?? []) + results.map { _ in lambda }
        let around = parameters
        defer { parameters = around }
        return try? Expr.makeIteration(kind, arguments, depth: around.count) { index, given in
            parameters = around + given.map(\.type)
            return expression(results[index - arguments.count + results.count], depth: depth - 1)
        }
    }
}
