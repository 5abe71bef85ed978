/// Where a group goes on reading a partition.
struct CommittedOffset: Equatable, Sendable {
    var offset: Int64
    var leaderEpoch: Int32 = -1
    var metadata = ""
    /// Milliseconds since the epoch.
    var committedAt: Int64 = 0
    /// Where its record lies in the log of groups: of two the later one holds, whichever was committed first.
    var recordOffset: Int64 = -1
}
