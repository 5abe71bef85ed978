/// `CREATE [OR REPLACE] STREAM|TABLE [IF NOT EXISTS] name [WITH (…)] AS SELECT …`.
public struct CreateSourceAsSelect: Hashable, Sendable {
    public var kind: SourceKind
    public var orReplace: Bool
    public var ifNotExists: Bool
    public var name: Identifier
    public var properties: [Property]
    public var query: Query

    public init(
        kind: SourceKind, orReplace: Bool = false, ifNotExists: Bool = false, name: Identifier,
        properties: [Property] = [], query: Query
    ) {
        self.kind = kind
        self.orReplace = orReplace
        self.ifNotExists = ifNotExists
        self.name = name
        self.properties = properties
        self.query = query
    }
}
