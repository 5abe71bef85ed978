/// `DEDUPLICATE BY keys WITHIN period`: of equal keys the first row passes.
public struct Deduplication: Hashable, Sendable {
    public let keys: [Expression]
    public let within: TimeSpan
    @NotCompared public var span: SourceSpan

    public init(by keys: [Expression], within: TimeSpan, span: SourceSpan = .none) {
        self.keys = keys
        self.within = within
        self.span = span
    }
}
