/// What a sink is told when its epoch is committed.
public struct SinkCommit: Sendable {
    /// What is to be kept with the commit for people, such as counts of late rows.
    public let notes: [String: Int64]
    /// Rows of windows that end before this event time, in milliseconds, will not change any more; nil when
    /// nothing is known. A sink may forget where they are.
    public let settledBefore: Int64?

    public init(notes: [String: Int64] = [:], settledBefore: Int64? = nil) {
        self.notes = notes
        self.settledBefore = settledBefore
    }
}
