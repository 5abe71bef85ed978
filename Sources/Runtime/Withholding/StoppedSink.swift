/// A sink that a quality rule has stopped, for a live view.
public struct StoppedSink: Sendable, Equatable {
    public let name: String
    public let rule: String
    /// The first epoch that it did not get, and its clock in milliseconds since the epoch.
    public let epoch: Int64
    public let since: Int64
    /// Rows that are kept for it.
    public let withheldRows: Int64
}
