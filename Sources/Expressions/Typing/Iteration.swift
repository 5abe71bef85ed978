import Columnar

/// A call of TRANSFORM, FILTER or REDUCE.
public struct Iteration: Hashable, Sendable {
    /// The functions that take lambdas.
    public enum Kind: String, CaseIterable, Sendable {
        /// What a lambda makes of each element; of a MAP, what two make of its keys and values.
        case transform = "TRANSFORM"
        /// The elements for which the lambda is true.
        case filter = "FILTER"
        /// A state that goes through the lambda with each element.
        case reduce = "REDUCE"

        /// The forms, as error messages and the documentation have them.
        public var signatures: [String] {
            switch self {
            case .transform:
                ["TRANSFORM(ARRAY<T>, x => U)", "TRANSFORM(MAP<T, U>, (k, v) => T, (k, v) => U)"]
            case .filter: ["FILTER(ARRAY<T>, x => BOOLEAN)", "FILTER(MAP<T, U>, (k, v) => BOOLEAN)"]
            case .reduce: ["REDUCE(ARRAY<T>, U, (s, x) => U)", "REDUCE(MAP<T, U>, V, (s, k, v) => V)"]
            }
        }
    }

    public let kind: Kind
    /// An ARRAY or a MAP.
    public let collection: Expression
    /// REDUCE's first state.
    public let initial: Expression?
    /// One; of TRANSFORM over a MAP two, for the keys and for the values.
    public let lambdas: [Lambda]
    public let type: DataType

    /// The lambdas' bodies stand last.
    var operands: [Expression] { [collection] + (initial.map { [$0] } ?? []) + lambdas.map(\.body) }

    func mapping(_ transform: (Expression) -> Expression) -> Iteration {
        Iteration(
            kind: kind, collection: transform(collection), initial: initial.map(transform),
            lambdas: lambdas.map {
                Lambda(first: $0.first, parameters: $0.parameters, body: transform($0.body))
            }, type: type)
    }
}
