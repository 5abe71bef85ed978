/// What a table is: its identity, columns, partitions and settings.
public struct TableMetadata: Equatable, Sendable {
    public var id: String
    public var name: String?
    public var comment: String?
    public var schema: TableSchema
    public var partitionColumns: [String]
    public var configuration: [String: String]
    /// Milliseconds since the epoch.
    public var createdTime: Int64?
    /// The schema as the log has it.
    let schemaString: String

    init(
        id: String, name: String?, comment: String?, schema: TableSchema, schemaString: String? = nil,
        partitionColumns: [String], configuration: [String: String], createdTime: Int64?
    ) {
        self.id = id
        self.name = name
        self.comment = comment
        self.schema = schema
        self.schemaString = schemaString ?? schema.json
        self.partitionColumns = partitionColumns
        self.configuration = configuration
        self.createdTime = createdTime
    }

    /// The same table with other columns.
    func with(_ schema: TableSchema) -> TableMetadata {
        TableMetadata(
            id: id, name: name, comment: comment, schema: schema, partitionColumns: partitionColumns,
            configuration: configuration, createdTime: createdTime)
    }

    /// Whether rows made for the one fit the other: only properties and names of the table differ.
    func hasColumns(of other: TableMetadata) -> Bool {
        schema == other.schema && partitionColumns == other.partitionColumns
    }

    /// Whether rows made for the other can be added as they are: it has the same columns, or fewer, where the
    /// rest may be NULL.
    func takesRows(of other: TableMetadata) -> Bool {
        guard partitionColumns == other.partitionColumns, columnMapping == other.columnMapping else {
            return false
        }
        let known = Set(other.schema.fields.map(\.name))
        return other.schema.fields.allSatisfy { schema.fields.contains($0) }
            && schema.fields.allSatisfy { known.contains($0.name) || $0.isNullable }
    }

    /// Whether data files name their columns by `physicalName`.
    public var hasPhysicalNames: Bool { columnMapping == .name }

    /// How data files name their columns.
    var columnMapping: ColumnMapping {
        configuration["delta.columnMapping.mode"].flatMap(ColumnMapping.init(rawValue:)) ?? .none
    }

    /// The name that partition values have in the log.
    func partitionKey(_ column: String) -> String {
        guard columnMapping != .none, let index = schema.index(of: column) else { return column }
        return schema.fields[index].physicalName
    }

    /// Places of the partition columns in the schema; one that is missing there has none.
    var partitionIndexes: [Int] { partitionColumns.compactMap { schema.index(of: $0) } }

    /// Places of the columns that data files hold.
    var dataIndexes: [Int] {
        let partitions = Set(partitionIndexes)
        return schema.fields.indices.filter { !partitions.contains($0) }
    }
}
