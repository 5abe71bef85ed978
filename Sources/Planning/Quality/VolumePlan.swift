/// Rows counted by window of event time, held against what is usual.
///
/// The usual is the median of the windows before; how far a count may lie from it is told in deviations, of
/// which one is what the windows before lay apart, and never less than chance alone makes.
public struct VolumePlan: Hashable, Sendable {
    /// Length of a window, milliseconds.
    public let window: Int64
    /// How long past its end a window is counted before it is judged, milliseconds.
    public let grace: Int64
    /// From so many deviations on the rule warns; nil never.
    public let warning: Double?
    /// From so many deviations on the rule fails.
    public let failure: Double
    /// How many windows before say what is usual, at most.
    public let history: Int
    /// Before there are so many, no window is judged.
    public let leastHistory: Int

    public init(
        window: Int64, grace: Int64 = 0, warning: Double? = nil, failure: Double, history: Int,
        leastHistory: Int
    ) {
        self.window = window
        self.grace = grace
        self.warning = warning
        self.failure = failure
        self.history = history
        self.leastHistory = leastHistory
    }
}
