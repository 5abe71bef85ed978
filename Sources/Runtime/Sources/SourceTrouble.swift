import Diagnostics

/// What keeps a source from being read for the time being: nothing is lost, it is tried again.
public struct SourceTrouble: Sendable, Equatable {
    public let reason: Diagnostic
    /// Since then, in milliseconds since the epoch of time, UTC.
    public let sinceMilliseconds: Int64

    public init(reason: Diagnostic, sinceMilliseconds: Int64) {
        self.reason = reason
        self.sinceMilliseconds = sinceMilliseconds
    }
}
