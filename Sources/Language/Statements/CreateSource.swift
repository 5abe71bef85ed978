/// `CREATE [OR REPLACE] [SOURCE] STREAM|TABLE [IF NOT EXISTS] name [(columns)] [WITH (…)]`.
public struct CreateSource: Hashable, Sendable {
    public var kind: SourceKind
    public var orReplace: Bool
    /// `SOURCE`: read only, no INSERT.
    public var isReadOnly: Bool
    public var ifNotExists: Bool
    public var name: Identifier
    /// Empty when the schema is inferred.
    public var columns: [ColumnDefinition]
    public var properties: [Property]

    public init(
        kind: SourceKind, orReplace: Bool = false, isReadOnly: Bool = false, ifNotExists: Bool = false,
        name: Identifier, columns: [ColumnDefinition] = [], properties: [Property] = []
    ) {
        self.kind = kind
        self.orReplace = orReplace
        self.isReadOnly = isReadOnly
        self.ifNotExists = ifNotExists
        self.name = name
        self.columns = columns
        self.properties = properties
    }
}
