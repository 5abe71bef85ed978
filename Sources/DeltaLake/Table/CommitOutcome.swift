/// What became of a proposal.
public struct CommitOutcome: Sendable {
    /// The table's version that holds the change.
    public let version: Int64
    /// The step was in the log already, and nothing was written.
    public let isRepeated: Bool
    /// The commit stands; the checkpoint that was due after it could not be written, and is tried again.
    public let checkpointFailure: DeltaError?
}
