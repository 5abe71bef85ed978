/// One `JOIN source [WITHIN …] ON condition`; all before it is its left side.
public struct Join: Hashable, Sendable {
    /// Which rows without a partner stay.
    public enum Kind: String, Hashable, Sendable {
        case inner = "INNER"
        case left = "LEFT"
        case right = "RIGHT"
        case full = "FULL"
    }

    /// How far apart in event time two records may be to meet.
    public struct Within: Hashable, Sendable {
        public let before: TimeSpan
        public let after: TimeSpan
        public let grace: TimeSpan?
        @NotCompared public var span: SourceSpan

        public init(before: TimeSpan, after: TimeSpan, grace: TimeSpan?, span: SourceSpan = .none) {
            self.before = before
            self.after = after
            self.grace = grace
            self.span = span
        }
    }

    public let kind: Kind
    public let source: SourceReference
    public let within: Within?
    public let condition: Expression
    @NotCompared public var span: SourceSpan

    public init(
        kind: Kind, source: SourceReference, within: Within?, on condition: Expression,
        span: SourceSpan = .none
    ) {
        self.kind = kind
        self.source = source
        self.within = within
        self.condition = condition
        self.span = span
    }
}
