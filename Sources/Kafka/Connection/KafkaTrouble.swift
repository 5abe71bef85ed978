import Diagnostics

/// What keeps a cluster from being read or written for the time being.
public struct KafkaTrouble: Sendable, Equatable {
    public let reason: Diagnostic
    /// Milliseconds since the epoch of time, UTC.
    public let since: Int64

    public init(reason: Diagnostic, since: Int64) {
        self.reason = reason
        self.since = since
    }
}
