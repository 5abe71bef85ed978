/// Shares of all lines up to which a check of events passes.
struct EventLimits: Equatable, Sendable {
    var duplicates = 0.05
    var malformed = 0.05
    /// Events that come after one with a later time.
    var outOfOrder = 0.1
}
