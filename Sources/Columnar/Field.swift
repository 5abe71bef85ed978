/// A named column of a schema or member of a STRUCT; the name keeps its case.
public struct Field: Hashable, Sendable {
    public let name: String
    public let type: DataType

    public init(_ name: String, _ type: DataType) {
        self.name = name
        self.type = type
    }
}
