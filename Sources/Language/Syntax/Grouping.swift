/// The expressions of a GROUP BY or PARTITION BY.
public struct Grouping: Hashable, Sendable {
    public let expressions: [Expression]
    @NotCompared public var span: SourceSpan

    public init(_ expressions: [Expression], span: SourceSpan = .none) {
        self.expressions = expressions
        self.span = span
    }
}
