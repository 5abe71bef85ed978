import Planning

/// How a quality rule stands, for a live view.
public struct RuleReport: Sendable, Equatable {
    public let name: String
    public let relation: String
    public let kind: RuleKind
    /// nil until it has been judged.
    public let status: RuleStatus?
    /// What was measured last, in words.
    public let finding: String
    public let expectation: String
    /// When it got this status; milliseconds since the epoch.
    public let since: Int64
}
