/// One item of a SELECT list.
public struct SelectItem: Hashable, Sendable {
    /// What an item can be.
    public enum Kind: Hashable, Sendable {
        /// `*` or `source.*`.
        case allColumns(of: Identifier?)
        /// `structure->*`.
        case allFields(of: Expression)
        case expression(Expression, alias: Identifier?)
    }

    public let kind: Kind
    @NotCompared public var span: SourceSpan

    public init(_ kind: Kind, span: SourceSpan = .none) {
        self.kind = kind
        self.span = span
    }
}
