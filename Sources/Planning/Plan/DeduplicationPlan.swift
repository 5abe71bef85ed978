import Expressions

/// `DEDUPLICATE BY keys WITHIN d`.
public struct DeduplicationPlan: Hashable, Sendable {
    /// Over the input's row.
    public let keys: [Expression]
    /// Milliseconds.
    public let within: Int64
}
