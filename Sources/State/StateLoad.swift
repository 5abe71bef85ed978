/// What `StateCheckpoint.load` found that the plan and the state do not share.
public struct StateLoad: Equatable, Sendable {
    /// Stores of the plan that the state has not: they are empty.
    public let added: [String]
    /// Stores of the state that the plan has not: they are left out when the next epoch is written.
    public let dropped: [String]

    public init(added: [String], dropped: [String]) {
        self.added = added
        self.dropped = dropped
    }
}
