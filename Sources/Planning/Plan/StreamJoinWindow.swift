/// How far apart two records may be to meet, in milliseconds.
///
/// A record of the right side at time r meets one of the left at time l when l − before ≤ r ≤ l + after.
public struct StreamJoinWindow: Hashable, Sendable {
    public let before: Int64
    public let after: Int64
    /// How long behind its window a record still meets others.
    public let grace: Int64
    /// Whether rows without a partner wait until their window has closed; if not, they are given at once, as
    /// ksqlDB does without GRACE PERIOD.
    public let waitsForClose: Bool

    public static let defaultGrace: Int64 = 86_400_000

    /// How long a record is kept, by the event time of its own side.
    public var retention: Int64 { before &+ after &+ grace }
}
