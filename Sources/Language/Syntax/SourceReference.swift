/// A stream or table that a query reads, with the name it has inside the query.
public struct SourceReference: Hashable, Sendable {
    public let name: Identifier
    public let alias: Identifier?

    public init(name: Identifier, alias: Identifier? = nil) {
        self.name = name
        self.alias = alias
    }

    /// The name that qualifies its columns: the alias if there is one.
    public var qualifier: Identifier { alias ?? name }
    public var span: SourceSpan { alias.map { name.span.joined(to: $0.span) } ?? name.span }
}
