import Columnar

/// A column that a decoder is to fill; its place in the list of fields is its place in the result.
public struct DecodedField: Hashable, Sendable {
    /// Matched without regard to case where the format has names; an exact match wins.
    public let name: String
    public let type: DataType
    /// The place in a record of a format without names; nil stands for the place in the list of fields.
    public let position: Int?

    public init(_ name: String, _ type: DataType, position: Int? = nil) {
        self.name = name
        self.type = type
        self.position = position
    }
}
