import Diagnostics

/// Where the clauses of a query stand, for what is only known once its plan is to be run.
public struct QueryPlaces: Sendable {
    public var statement: SourceLocation?
    public var groupBy: SourceLocation?
    public var deduplication: SourceLocation?
    /// `LAG(…) OVER (…)`.
    public var priorRows: SourceLocation?
    /// In their order.
    public var joins: [SourceLocation?] = []

    public init() {}
}
