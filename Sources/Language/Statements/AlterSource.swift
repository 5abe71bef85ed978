/// `ALTER STREAM|TABLE name ADD [COLUMN] name type, …`.
public struct AlterSource: Hashable, Sendable {
    public var kind: SourceKind
    public var name: Identifier
    /// Columns without a role.
    public var additions: [ColumnDefinition]

    public init(kind: SourceKind, name: Identifier, additions: [ColumnDefinition]) {
        self.kind = kind
        self.name = name
        self.additions = additions
    }
}
