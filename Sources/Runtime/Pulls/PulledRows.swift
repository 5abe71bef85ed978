import Columnar
import Planning

/// The whole answer to a pull query.
public struct PulledRows: Sendable {
    public let columns: [AnswerPlan.Column]
    /// One for each of `columns`, of `count` rows.
    public let values: [Column]
    public let count: Int
    /// Whether there are as many rows as LIMIT lets through.
    public let isLimited: Bool
}
