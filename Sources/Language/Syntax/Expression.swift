/// An expression: what it is and where it stands.
///
/// Expressions are equal when they mean the same by their writing, wherever they stand.
public struct Expression: Hashable, Sendable {
    /// What an expression can be.
    public indirect enum Kind: Hashable, Sendable {
        case null
        case boolean(Bool)
        /// An integer literal of 32 bits, sign included.
        case integer(Int32)
        /// An integer literal that needs 64 bits.
        case bigint(Int64)
        /// A literal with a decimal point and no exponent: the exact text, sign included (`-9.50`).
        case decimal(String)
        /// A literal with an exponent.
        case double(Double)
        case string(String)

        /// `name` or `qualifier.name`; pseudo-columns and lambda parameters too.
        case column(qualifier: Identifier?, name: Identifier)
        /// `operand->field`.
        case field(of: Expression, name: Identifier)
        /// `operand[index]`.
        case element(of: Expression, index: Expression)

        case unary(UnaryOperator, Expression)
        case binary(BinaryOperator, Expression, Expression)
        case comparison(ComparisonOperator, Expression, Expression)
        case logical(LogicalOperator, Expression, Expression)
        case not(Expression)
        case isNull(Expression, negated: Bool)
        case between(Expression, lower: Expression, upper: Expression, negated: Bool)
        case inList(Expression, [Expression], negated: Bool)
        /// `escape` is one character.
        case like(Expression, pattern: Expression, escape: String?, negated: Bool)
        /// `operand` is `nil` for `CASE WHEN condition THEN …`.
        case choice(operand: Expression?, branches: [Branch], otherwise: Expression?)
        case cast(Expression, to: TypeName)

        /// `name(arguments)`. Only here stand `allColumns`, `timeUnit` and `lambda` as arguments.
        case call(name: Identifier, arguments: [Expression])
        /// `name(arguments) OVER (PARTITION BY keys WITHIN within)`.
        case over(
            name: Identifier, arguments: [Expression], partitionBy: [Expression], within: TimeSpan?)
        /// The `*` or `source.*` in `COUNT(*)`.
        case allColumns(of: Identifier?)
        /// The unit in `TIMESTAMPADD(SECONDS, 5, t)`.
        case timeUnit(TimeUnit)
        /// `x => body` or `(x, y) => body`.
        case lambda(parameters: [Identifier], body: Expression)

        case array([Expression])
        case map([MapEntry])
        case structure([StructureField])
    }

    /// One `WHEN condition THEN result`.
    public struct Branch: Hashable, Sendable {
        public let condition: Expression
        public let result: Expression

        public init(when condition: Expression, then result: Expression) {
            self.condition = condition
            self.result = result
        }
    }

    /// One `key := value` of a MAP constructor.
    public struct MapEntry: Hashable, Sendable {
        public let key: Expression
        public let value: Expression

        public init(key: Expression, value: Expression) {
            self.key = key
            self.value = value
        }
    }

    /// One `name := value` of a STRUCT constructor.
    public struct StructureField: Hashable, Sendable {
        public let name: Identifier
        public let value: Expression

        public init(name: Identifier, value: Expression) {
            self.name = name
            self.value = value
        }
    }

    /// The height that the parser lets no expression pass, so that whoever walks a tree may recurse.
    public static let heightLimit = 400

    public let kind: Kind
    @NotCompared public var span: SourceSpan
    /// Levels of the tree: 1 for a literal, one more than the highest operand else.
    public let height: Int

    public init(_ kind: Kind, span: SourceSpan = .none) {
        self.kind = kind
        self.span = span
        height = 1 + (kind.operands.map(\.height).max() ?? 0)
    }
}
