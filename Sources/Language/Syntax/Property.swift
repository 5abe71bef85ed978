/// One `name = value` of a WITH clause.
public struct Property: Hashable, Sendable {
    /// A constant: properties take no expressions.
    public enum Value: Hashable, Sendable {
        case null
        case boolean(Bool)
        case integer(Int64)
        /// The exact text of a number with a decimal point.
        case decimal(String)
        case double(Double)
        case string(String)
        /// `10 MINUTES` written without quotes.
        case timeSpan(TimeSpan)
    }

    /// Upper case if it was written without quotes; properties are looked up with case ignored.
    public let name: String
    public let value: Value
    @NotCompared public var nameSpan: SourceSpan
    @NotCompared public var valueSpan: SourceSpan

    public init(_ name: String, _ value: Value, nameSpan: SourceSpan = .none, valueSpan: SourceSpan = .none) {
        self.name = name
        self.value = value
        self.nameSpan = nameSpan
        self.valueSpan = valueSpan
    }

    public var span: SourceSpan { nameSpan.joined(to: valueSpan) }
}
