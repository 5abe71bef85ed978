import Expressions

/// GROUP BY with its window, aggregates, HAVING and SELECT list.
///
/// Expressions behind the aggregation read a row of: the group's keys, the aggregates' results, ROWTIME,
/// WINDOWSTART, WINDOWEND.
public struct AggregationPlan: Sendable {
    /// Over the input's row.
    public let groupBy: [Expression]
    public let window: WindowPlan?
    public let aggregates: [AggregateCall]
    public let having: Expression?
    /// One for each column of the output.
    public let projection: [Expression]
    public let emission: Emission
    /// `row_ttl`: the time after which a group that got no row goes, milliseconds; nil is never.
    public var rowLifetime: Int64?

    /// When results are given.
    public enum Emission: String, Sendable {
        /// With every change.
        case changes
        /// Once, when the window closes.
        case final
    }

    public var rowTimePosition: Int { groupBy.count + aggregates.count }
    public var windowStartPosition: Int { rowTimePosition + 1 }
    public var windowEndPosition: Int { rowTimePosition + 2 }
}
