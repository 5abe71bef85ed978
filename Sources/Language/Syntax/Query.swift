/// A SELECT, in the order in which its clauses are written.
///
/// Rows are filtered (`condition`), then deduplicated, then partitioned or grouped.
public struct Query: Hashable, Sendable {
    /// When a query gives its results.
    public enum Emission: String, Hashable, Sendable {
        /// Every change, at once.
        case changes = "CHANGES"
        /// Once, when a window closes.
        case final = "FINAL"
    }

    public var select: [SelectItem]
    public var from: SourceReference
    /// Further sources, joined from left to right.
    public var joins: [Join]
    public var window: Window?
    /// WHERE.
    public var condition: Expression?
    public var deduplication: Deduplication?
    public var groupBy: Grouping?
    public var partitionBy: Grouping?
    public var having: Expression?
    public var orderBy: [SortKey]
    /// `nil` in a pull query.
    public var emission: Emission?
    public var limit: Int?
    @NotCompared public var span: SourceSpan

    public init(
        select: [SelectItem], from: SourceReference, joins: [Join] = [], window: Window? = nil,
        where condition: Expression? = nil, deduplication: Deduplication? = nil, groupBy: Grouping? = nil,
        partitionBy: Grouping? = nil, having: Expression? = nil, orderBy: [SortKey] = [],
        emission: Emission? = nil, limit: Int? = nil, span: SourceSpan = .none
    ) {
        self.select = select
        self.from = from
        self.joins = joins
        self.window = window
        self.condition = condition
        self.deduplication = deduplication
        self.groupBy = groupBy
        self.partitionBy = partitionBy
        self.having = having
        self.orderBy = orderBy
        self.emission = emission
        self.limit = limit
        self.span = span
    }
}
