import Columnar
import Expressions

/// A SELECT of its own: what its rows are filtered and made into.
///
/// A push query (`isPush`) answers from each change of one stream or table, a pull query from what is there:
/// ```
/// sources ─► joins ─► filter ─► grouping ─► expressions ─► order ─► limit
/// ```
public struct AnswerPlan: Sendable {
    /// A column of the answer.
    public struct Column: Hashable, Sendable {
        public let name: String
        public let type: DataType
        /// Whether it is part of what tells the rows of a table apart.
        public let isKey: Bool

        public init(name: String, type: DataType, isKey: Bool) {
            self.name = name
            self.type = type
            self.isKey = isKey
        }
    }

    /// One expression of ORDER BY. NULLs stand behind all values, with `isDescending` before them.
    public struct SortKey: Hashable, Sendable {
        public let expression: Expression
        public let isDescending: Bool
    }

    /// GROUP BY of a pull query: the groups read the source's row, what comes behind them the row that the
    /// aggregation's projection makes.
    public struct Grouping: Sendable {
        /// As if a query made a table of the groups.
        public let query: QueryPlan
        public let aggregation: AggregationPlan
        /// Whether all rows are one group, which is there also when there is no row.
        public let isWhole: Bool
    }

    /// What `filter` reads: the one stream or table, or what the last join makes.
    public let source: Relation
    public let isPush: Bool
    /// WHERE, over the source's row with its pseudo-columns.
    public let filter: Expression?
    public let columns: [Column]
    /// One for each column.
    public let expressions: [Expression]
    public private(set) var limit: Int?
    /// From the first to the last; only of a pull query. Their sides are streams, whatever they are called.
    public var joins: [JoinPlan] = []
    /// The rows of the source that may pass the filter, by their keys; nil is all.
    public var lookups: [KeyLookup]?
    public var grouping: Grouping?
    /// Over the same row as `expressions`.
    public var order: [SortKey] = []
    /// The streams and tables that a pull query reads, in the order of its joins, as the catalogue has them.
    public var sources: [Relation] = []

    /// The pseudo-columns of the source that it reads.
    public var pseudoColumns: Set<PseudoColumn> {
        var read = filter?.columns ?? []
        for expression in expressions { read.formUnion(expression.columns) }
        return Set(PseudoColumn.allCases.filter { read.contains(source.position(of: $0)) })
    }

    /// The same for all rows.
    public var withoutLimit: AnswerPlan {
        var plan = self
        plan.limit = nil
        return plan
    }
}

extension Sequence where Element == AnswerPlan.Column {
    /// The columns as the header of an answer lists them: `` `ID` STRING KEY, `TOTAL` BIGINT ``.
    public var schemaText: String {
        map { "`\($0.name)` \($0.type.sql)\($0.isKey ? " KEY" : "")" }.joined(separator: ", ")
    }
}
