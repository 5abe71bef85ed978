/// A type as a statement writes it.
public struct TypeName: Hashable, Sendable {
    /// The spelling's meaning: `INT` and `INTEGER` are `integer`, `VARCHAR` and `STRING` are `string`.
    public indirect enum Kind: Hashable, Sendable {
        case boolean, integer, bigint, double
        case decimal(precision: Int, scale: Int)
        case string, bytes
        case date, time, timestamp
        case array(TypeName)
        case map(key: TypeName, value: TypeName)
        case structure([Field])
        /// A name that CREATE TYPE gave, or one that does not exist: the planner finds out.
        case custom(Identifier)
    }

    /// One field of a STRUCT.
    public struct Field: Hashable, Sendable {
        public let name: Identifier
        public let type: TypeName

        public init(name: Identifier, type: TypeName) {
            self.name = name
            self.type = type
        }
    }

    public let kind: Kind
    @NotCompared public var span: SourceSpan

    public init(_ kind: Kind, span: SourceSpan = .none) {
        self.kind = kind
        self.span = span
    }
}
