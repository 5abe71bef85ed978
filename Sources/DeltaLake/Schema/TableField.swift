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

    /// The name that data files have for it, where the table maps columns by name.
    public var physicalName: String { text("delta.columnMapping.physicalName") ?? name }

    /// The number that data files have for it.
    var mappingID: Int? { metadata.last { $0.name == "delta.columnMapping.id" }?.value.int }

    /// A text of the field's own metadata.
    func text(_ key: String) -> String? { metadata.last { $0.name == key }?.value.string }

    init(name: String, type: TableType, isNullable: Bool, metadata: [JSONValue.Member]) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
        self.metadata = metadata
    }
}
