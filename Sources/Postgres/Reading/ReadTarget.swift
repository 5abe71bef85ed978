import Columnar

/// What is read of a table.
public struct ReadTarget: Sendable {
    public let name: TableName
    /// The columns that tell its rows apart, by the names that their values get.
    public let keys: [Field]
    public let values: [Field]
    /// The column that says when a row was changed; nil where there is none.
    public let updatedAt: String?
    /// The column that says that a row is deleted: TRUE, or not NULL where it is no BOOLEAN.
    public let deletedAt: String?

    public init(
        name: TableName, keys: [Field], values: [Field], updatedAt: String?, deletedAt: String?
    ) {
        self.name = name
        self.keys = keys
        self.values = values
        self.updatedAt = updatedAt
        self.deletedAt = deletedAt
    }
}
