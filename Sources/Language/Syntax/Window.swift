/// The WINDOW of an aggregation.
public struct Window: Hashable, Sendable {
    /// How windows lie on the time line.
    public enum Kind: Hashable, Sendable {
        case tumbling(size: TimeSpan)
        case hopping(size: TimeSpan, advance: TimeSpan)
        case session(gap: TimeSpan)
    }

    public let kind: Kind
    public let retention: TimeSpan?
    public let grace: TimeSpan?
    @NotCompared public var span: SourceSpan

    public init(_ kind: Kind, retention: TimeSpan? = nil, grace: TimeSpan? = nil, span: SourceSpan = .none) {
        self.kind = kind
        self.retention = retention
        self.grace = grace
        self.span = span
    }
}
