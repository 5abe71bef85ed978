/// A name and its value: of SET, of ALTER SYSTEM and of DEFINE.
public struct Setting: Hashable, Sendable {
    public var name: String
    public var value: String
    @NotCompared public var nameSpan: SourceSpan
    @NotCompared public var valueSpan: SourceSpan

    public init(
        name: String, value: String, nameSpan: SourceSpan = .none, valueSpan: SourceSpan = .none
    ) {
        self.name = name
        self.value = value
        self.nameSpan = nameSpan
        self.valueSpan = valueSpan
    }
}
