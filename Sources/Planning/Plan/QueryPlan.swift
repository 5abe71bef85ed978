import Expressions

/// One persistent query: from one relation or several that are joined, through its clauses, to another
/// relation.
public struct QueryPlan: Sendable {
    /// Such as `CTAS_REVENUE_5`.
    public let id: String
    /// What the clauses read: a relation of the catalogue, or what the last join makes.
    public let input: Relation
    /// From the first to the last; empty when there is one source.
    public let joins: [JoinPlan]
    /// WHERE, over the input's row.
    public let filter: Expression?
    public let deduplication: DeduplicationPlan?
    /// What makes several rows of one: columns behind the input's row, for the projection to read.
    public var tableFunctions: [TableFunction] = []
    /// What rows see of rows before them: columns behind the input's row, for the projection to read.
    public var priorRows: PriorRowsPlan?
    public let shape: Shape
    public let output: Relation
    /// Where the output's records take their time from; nil leaves it as it is.
    public let outputTime: TimeColumn?
    /// How far the watermark of rows with times of their own stays behind, milliseconds; nil is as far as
    /// the input's.
    public var outputWatermarkDelay: Int64?
    /// Of an INSERT INTO: the how-many-th of its stream, from 1; nil where the query makes the relation.
    public var insertion: Int?

    /// What its state, progress and counters are kept by: the relation's name where the query makes it.
    public var name: String { insertion.map { "\(output.name)/insert/\($0)" } ?? output.name }

    /// Whether it makes a stream whose rows have other times than its input's, and so another watermark.
    public var retimesRows: Bool { outputTime != nil && output.kind == .stream }

    /// How rows become the output's rows.
    public enum Shape: Sendable {
        /// Expressions over the input's row, one for each column of the output.
        case projection([Expression])
        case aggregation(AggregationPlan)
    }

    /// Whether it makes a table whose rows depend on more than the rows that they are made of: on the clock,
    /// mostly.
    public var makesVaryingTable: Bool {
        switch shape {
        case .projection(let expressions):
            return output.kind == .table && !expressions.allSatisfy(\.isDeterministic)
        case .aggregation(let plan):
            return !plan.projection.allSatisfy(\.isDeterministic)
                || !(plan.having?.isDeterministic ?? true)
        }
    }

    /// The relations of the catalogue that it reads.
    public var sources: [Relation] {
        guard let first = joins.first else { return [input] }
        return [first.left] + joins.map(\.right)
    }
}
