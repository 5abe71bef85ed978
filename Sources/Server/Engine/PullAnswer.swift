import Columnar
import Planning

/// The whole answer to a pull query.
public struct PullAnswer: Sendable {
    public let queryID: String
    public let columns: [AnswerPlan.Column]
    /// One for each of `columns`, of `count` rows.
    public let values: [Column]
    public let count: Int
    /// Whether the rows are all that `LIMIT` lets through.
    public let isLimited: Bool
}
