import Columnar

/// A column of a relation. The name is the identifier's text: upper case unless it was quoted.
public struct RelationColumn: Hashable, Sendable {
    public let name: String
    public let type: DataType

    public init(_ name: String, _ type: DataType) {
        self.name = name
        self.type = type
    }
}
