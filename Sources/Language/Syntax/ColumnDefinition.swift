/// A declared column of a stream or table.
public struct ColumnDefinition: Hashable, Sendable {
    /// Where a column's value comes from, if not from the record's value.
    public enum Role: Hashable, Sendable {
        /// `KEY`: the record's key, of a stream.
        case key
        /// `PRIMARY KEY`: the record's key, of a table.
        case primaryKey
        /// `HEADERS`: all headers, an ARRAY of STRUCT.
        case headers
        /// `HEADER('name')`: the last header of that name.
        case header(String)
    }

    public let name: Identifier
    public let type: TypeName
    public let role: Role?
    @NotCompared public var span: SourceSpan

    public init(name: Identifier, type: TypeName, role: Role? = nil, span: SourceSpan = .none) {
        self.name = name
        self.type = type
        self.role = role
        self.span = span
    }
}
