import Columnar

/// What a table is created with.
public struct TableDefinition: Sendable {
    public var schema: Schema
    public var partitionColumns: [String]
    /// Delta's table properties, such as `delta.appendOnly`, and any others.
    public var properties: [String: String]
    public var name: String?
    public var comment: String?

    public init(
        schema: Schema, partitionColumns: [String] = [], properties: [String: String] = [:],
        name: String? = nil,
        comment: String? = nil
    ) {
        self.schema = schema
        self.partitionColumns = partitionColumns
        self.properties = properties
        self.name = name
        self.comment = comment
    }
}
