import Columnar

/// A typed scalar expression over the columns of a batch.
///
/// Build nodes with the `make…` factories: they check the types, widen operands and say what is wrong in a
/// `TypeError`. A node made by hand must keep the rule that its case names.
public indirect enum Expression: Hashable, Sendable {
    /// The batch's column at an index.
    case column(Int, DataType)
    /// A value of the type, or `Value.null` as a NULL of that type.
    case literal(Value, DataType)
    /// A NULL whose type is not known; takes the type of its context, and is a STRING if nothing else says.
    case null
    /// Numeric operands: both DECIMAL, or both of the result's type; STRING for `+`.
    case arithmetic(ArithmeticOperator, Expression, Expression, DataType)
    case negation(Expression)
    /// Operands of one type (two DECIMALs may differ in precision and scale). Never NULL: with a NULL
    /// operand it is false, as ksqlDB has it.
    case comparison(ComparisonOperator, Expression, Expression)
    /// IS DISTINCT FROM: comparison in which NULL equals NULL. Operands as for `comparison`.
    case distinct(Expression, Expression)
    /// AND with three-valued logic; at least two BOOLEANs. Errors in an operand do not count for a row that
    /// an operand before it has decided.
    case conjunction([Expression])
    /// OR, likewise.
    case disjunction([Expression])
    case not(Expression)
    /// CASE WHEN … THEN … ELSE … END; results have the given type. Errors count only in the branch taken.
    case conditional([Branch], otherwise: Expression?, DataType)
    case cast(Expression, DataType)
    /// STRINGs; a character behind the escape character stands for itself. NULL when an operand is.
    case like(Expression, pattern: Expression, escape: Unicode.Scalar?)
    /// IN: the first operand equals one of the others, which have its type. Never NULL.
    case among(Expression, [Expression])
    case isNull(Expression)
    /// `->`: the member at an index of a STRUCT.
    case member(Expression, Int, DataType)
    /// `[]` of an ARRAY (from 1, from the end when negative) or of a MAP (by key); NULL when there is none.
    case element(Expression, Expression, DataType)
    /// `ARRAY[…]`: elements of one type; the type is the array's.
    case array([Expression], DataType)
    /// `MAP(k := v, …)`: the type is the map's. A later equal key wins.
    case map(keys: [Expression], values: [Expression], DataType)
    /// `STRUCT(name := value, …)`: the type is the structure's.
    case structure([Expression], DataType)
    /// A scalar function, resolved.
    case call(BoundFunction, [Expression])
    /// TRANSFORM, FILTER or REDUCE: lambdas over the elements of a collection.
    case iteration(Iteration)
    /// A parameter of a lambda around, numbered from the first of the outermost.
    case parameter(Int, DataType)

    /// One WHEN … THEN … of a CASE.
    public struct Branch: Hashable, Sendable {
        public let condition: Expression
        public let result: Expression

        public init(when condition: Expression, then result: Expression) {
            self.condition = condition
            self.result = result
        }
    }

    /// The type of the value; STRING for a NULL without a type.
    public var type: DataType {
        switch self {
        case .column(_, let type), .literal(_, let type), .arithmetic(_, _, _, let type),
            .conditional(_, _, let type), .cast(_, let type), .member(_, _, let type),
            .element(_, _, let type), .array(_, let type), .map(_, _, let type), .structure(_, let type),
            .parameter(_, let type):
            return type
        case .iteration(let iteration): return iteration.type
        case .null: return .string
        case .negation(let operand): return operand.type
        case .comparison, .distinct, .conjunction, .disjunction, .not, .like, .among, .isNull: return .boolean
        case .call(let function, _): return function.resultType
        }
    }

    /// Whether this is a NULL without a type, which a select list must refuse.
    public var isUntypedNull: Bool { self == .null }

    public var isLiteral: Bool {
        switch self {
        case .literal, .null: return true
        default: return false
        }
    }

    /// The operands, in the order in which they are written.
    public var operands: [Expression] {
        switch self {
        case .column, .literal, .null, .parameter: return []
        case .negation(let operand), .not(let operand), .cast(let operand, _), .isNull(let operand),
            .member(let operand, _, _):
            return [operand]
        case .arithmetic(_, let left, let right, _), .comparison(_, let left, let right),
            .distinct(let left, let right), .element(let left, let right, _):
            return [left, right]
        case .like(let text, let pattern, _): return [text, pattern]
        case .conjunction(let operands), .disjunction(let operands), .array(let operands, _),
            .structure(let operands, _), .call(_, let operands):
            return operands
        case .among(let operand, let list): return [operand] + list
        case .map(let keys, let values, _): return zip(keys, values).flatMap { [$0, $1] }
        case .conditional(let branches, let otherwise, _):
            return branches.flatMap { [$0.condition, $0.result] } + (otherwise.map { [$0] } ?? [])
        case .iteration(let iteration): return iteration.operands
        }
    }

    /// Indices of all columns that the expression reads.
    public var columns: Set<Int> {
        if case .column(let index, _) = self { return [index] }
        return operands.reduce(into: []) { $0.formUnion($1.columns) }
    }

    /// The same expression over other columns: each column's index goes through `transform`.
    public func mappingColumns(_ transform: (Int) -> Int) -> Expression {
        rebuilt { node in
            if case .column(let index, let type) = node { return .column(transform(index), type) }
            return nil
        }
    }

    /// Replaces each node for which `replace` gives another, from the outside in.
    public func rebuilt(_ replace: (Expression) -> Expression?) -> Expression {
        if let replacement = replace(self) { return replacement }
        func again(_ node: Expression) -> Expression { node.rebuilt(replace) }
        switch self {
        case .column, .literal, .null, .parameter: return self
        case .arithmetic(let op, let left, let right, let type):
            return .arithmetic(op, again(left), again(right), type)
        case .negation(let operand): return .negation(again(operand))
        case .comparison(let op, let left, let right): return .comparison(op, again(left), again(right))
        case .distinct(let left, let right): return .distinct(again(left), again(right))
        case .conjunction(let operands): return .conjunction(operands.map(again))
        case .disjunction(let operands): return .disjunction(operands.map(again))
        case .not(let operand): return .not(again(operand))
        case .conditional(let branches, let otherwise, let type):
            return .conditional(
                branches.map { Branch(when: again($0.condition), then: again($0.result)) },
                otherwise: otherwise.map(again), type)
        case .cast(let operand, let type): return .cast(again(operand), type)
        case .like(let text, let pattern, let escape):
            return .like(again(text), pattern: again(pattern), escape: escape)
        case .among(let operand, let list): return .among(again(operand), list.map(again))
        case .isNull(let operand): return .isNull(again(operand))
        case .member(let operand, let index, let type): return .member(again(operand), index, type)
        case .element(let operand, let index, let type): return .element(again(operand), again(index), type)
        case .array(let elements, let type): return .array(elements.map(again), type)
        case .map(let keys, let values, let type):
            return .map(keys: keys.map(again), values: values.map(again), type)
        case .structure(let members, let type): return .structure(members.map(again), type)
        case .call(let function, let arguments): return .call(function, arguments.map(again))
        case .iteration(let iteration): return .iteration(iteration.mapping(again))
        }
    }
}
