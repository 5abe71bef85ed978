/// What a new version of a subject must be able to read, and be read by.
public enum CompatibilityLevel: String, Hashable, Sendable, CaseIterable {
    case none = "NONE"
    /// It reads what the version before wrote.
    case backward = "BACKWARD"
    case backwardTransitive = "BACKWARD_TRANSITIVE"
    /// The version before reads what it writes.
    case forward = "FORWARD"
    case forwardTransitive = "FORWARD_TRANSITIVE"
    case full = "FULL"
    case fullTransitive = "FULL_TRANSITIVE"

    /// Whether all versions count, not just the latest.
    public var isTransitive: Bool {
        self == .backwardTransitive || self == .forwardTransitive || self == .fullTransitive
    }

    var looksBackward: Bool {
        self == .backward || self == .backwardTransitive || self == .full || self == .fullTransitive
    }

    var looksForward: Bool {
        self == .forward || self == .forwardTransitive || self == .full || self == .fullTransitive
    }
}
