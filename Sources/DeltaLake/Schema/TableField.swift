import Formats

/// A column of a table, or a member of a struct in it.
public struct TableField: Equatable, Sendable {
    public let name: String
    public let type: TableType
    public let isNullable: Bool
    let metadata: [JSONValue.Member]

    public init(name: String, type: TableType) {
        self.init(name: name, type: type, isNullable: true, metadata: [])
    }

    init(name: String, type: TableType, isNullable: Bool, metadata: [JSONValue.Member]) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
        self.metadata = metadata
    }
}
