import Columnar

// The factory of TRANSFORM, FILTER and REDUCE.
extension Expression {
    /// An argument of a function that takes lambdas.
    public enum IterationArgument: Sendable {
        case value(Expression)
        /// A lambda that is not typed yet, with as many parameters.
        case lambda(parameters: Int)

        fileprivate var text: String {
            switch self {
            case .value(let value): value.isUntypedNull ? "null" : value.type.sql
            case .lambda(let count): "LAMBDA(\(count))"
            }
        }

        fileprivate var value: Expression? {
            if case .value(let value) = self { return value }
            return nil
        }
    }

    /// Types a call of TRANSFORM, FILTER or REDUCE.
    ///
    /// - Parameters:
    ///   - depth: how many parameters the lambdas around have.
    ///   - body: types the body of the lambda at an index of `arguments` with these parameters.
    public static func makeIteration(
        _ kind: Iteration.Kind, _ arguments: [IterationArgument], depth: Int,
        body: (_ index: Int, _ parameters: [Expression]) throws -> Expression
    ) throws -> Expression {
        let wanted = parameterCounts(kind, arguments.first?.value?.type)
        let states = kind == .reduce ? 1 : 0
        let fits =
            wanted.count + states + 1 == arguments.count
            && zip(arguments.dropFirst(1 + states), wanted).allSatisfy { argument, count in
                if case .lambda(count) = argument { return true }
                return false
            }
        guard fits, !wanted.isEmpty, let collection = arguments.first?.value,
            states == 0 || arguments[1].value != nil
        else {
            let given = arguments.map(\.text).joined(separator: ", ")
            throw TypeError(
                .invalidArgument, "the function \(kind.rawValue) does not accept parameters (\(given))",
                expected: kind.signatures.joined(separator: " or "), found: "(\(given))")
        }
        func lambda(_ index: Int, _ types: [DataType]) throws -> Lambda {
            let parameters = types.enumerated().map { Expression.parameter(depth + $0, $1) }
            return Lambda(first: depth, parameters: types, body: try body(index, parameters))
        }
        let elements = parts(of: collection.type)
        switch kind {
        case .transform:
            let lambdas = try wanted.indices.map { try transformed(kind, lambda($0 + 1, elements)) }
            let types = lambdas.map(\.body.type)
            let type: DataType = types.count == 1 ? .array(types[0]) : .map(key: types[0], value: types[1])
            return .iteration(
                Iteration(kind: kind, collection: collection, initial: nil, lambdas: lambdas, type: type))
        case .filter:
            let condition = try lambda(1, elements)
            let typed = condition.body.typed(.boolean)
            guard typed.type == .boolean else {
                throw TypeError(
                    .invalidArgument,
                    "the function FILTER does not accept parameters: its lambda gives \(typed.type.sql)",
                    expected: "BOOLEAN", found: typed.type.sql, hint: "write a comparison")
            }
            let lambda = Lambda(first: depth, parameters: elements, body: typed)
            return .iteration(
                Iteration(
                    kind: kind, collection: collection, initial: nil, lambdas: [lambda], type: collection.type
                ))
        case .reduce:
            guard let initial = arguments[1].value else { preconditionFailure("checked above") }
            return try reduction(collection, initial) { state in try lambda(2, [state] + elements) }
        }
    }

    /// How many parameters the lambdas have; empty when this is no collection.
    private static func parameterCounts(_ kind: Iteration.Kind, _ type: DataType?) -> [Int] {
        switch (type, kind) {
        case (.array, .transform), (.array, .filter): [1]
        case (.array, .reduce), (.map, .filter): [2]
        case (.map, .transform): [2, 2]
        case (.map, .reduce): [3]
        default: []
        }
    }

    private static func parts(of type: DataType) -> [DataType] {
        switch type {
        case .array(let element): [element]
        case .map(let key, let value): [key, value]
        default: []
        }
    }

    private static func transformed(_ kind: Iteration.Kind, _ lambda: Lambda) throws -> Lambda {
        guard lambda.body.isUntypedNull else { return lambda }
        throw TypeError(
            "the lambda of \(kind.rawValue) gives NULL, which has no type",
            expected: "a value with a type", found: "NULL", hint: "CAST the NULL to the type that is meant")
    }

    /// The state has the first state's type, which a literal lends only where the lambda gives no wider one.
    private static func reduction(
        _ collection: Expression, _ initial: Expression, _ lambda: (DataType) throws -> Lambda
    ) throws -> Expression {
        if initial.isUntypedNull {
            throw TypeError(
                "the first state of REDUCE has no type", expected: "a value with a type", found: "NULL",
                hint: "CAST the NULL to the type that is meant")
        }
        var state = initial.type
        for _ in 0..<3 {
            let typed = try lambda(state)
            if typed.body.isUntypedNull || TypeRules.widens(typed.body.type, to: state) {
                let body = typed.body.widened(to: state)
                let lambda = Lambda(first: typed.first, parameters: typed.parameters, body: body)
                return .iteration(
                    Iteration(
                        kind: .reduce, collection: collection, initial: initial.widened(to: state),
                        lambdas: [lambda], type: state))
            }
            guard initial.isLiteral, let wider = TypeRules.common(state, typed.body.type), wider != state
            else { throw unfit(state, typed.body.type) }
            state = wider
        }
        throw unfit(initial.type, state)
    }

    private static func unfit(_ state: DataType, _ result: DataType) -> TypeError {
        TypeError(
            .invalidArgument,
            "the function REDUCE does not accept parameters: its state is \(state.sql), and its lambda "
                + "gives \(result.sql)", expected: state.sql, found: result.sql,
            hint: "CAST the first state, or what the lambda gives")
    }
}
