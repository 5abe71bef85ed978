import Expressions

/// A window with its times in milliseconds.
public struct WindowPlan: Hashable, Sendable {
    /// How windows lie on the time line; milliseconds.
    public enum Kind: Hashable, Sendable {
        case tumbling(size: Int64)
        case hopping(size: Int64, advance: Int64)
        case session(gap: Int64)
    }

    public let kind: Kind
    /// How long behind its end a window takes late records.
    public let grace: Int64
    /// How long behind its start its row is kept for pull queries; nil where the statement says nothing.
    public var retention: Int64?

    public static let defaultGrace: Int64 = 86_400_000
}
