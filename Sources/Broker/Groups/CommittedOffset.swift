/// Where a group goes on reading a partition.
struct CommittedOffset: Equatable, Sendable {
    var offset: Int64
    var leaderEpoch: Int32 = -1
    var metadata = ""
    /// Milliseconds since the epoch.
    var committedAt: Int64 = 0
}
