import Expressions

/// `DEDUPLICATE BY keys WITHIN d`.
public struct DeduplicationPlan: Hashable, Sendable {
    /// Over the input's row.
    public let keys: [Expression]
    /// Milliseconds.
    public let within: Int64

    public init(keys: [Expression], within: Int64) {
        self.keys = keys
        self.within = within
    }
}
