import Expressions

/// One persistent query: from one relation or several that are joined, through its clauses, to another
/// relation.
///
/// A reference to what never changes: a plan of a thousand queries is copied for each statement.
public struct QueryPlan: Sendable {
    private let contents: Contents

    /// Such as `CTAS_REVENUE_5`.
    public var id: String { contents.id }
    /// What the clauses read: a relation of the catalogue, or what the last join makes.
    public var input: Relation { contents.input }
    /// From the first to the last; empty when there is one source.
    public var joins: [JoinPlan] { contents.joins }
    /// WHERE, over the input's row.
    public var filter: Expression? { contents.filter }
    public var deduplication: DeduplicationPlan? { contents.deduplication }
    /// What makes several rows of one: columns behind the input's row, for the projection to read.
    public var tableFunctions: [TableFunction] { contents.tableFunctions }
    /// What rows see of rows before them: columns behind the input's row, for the projection to read.
    public var priorRows: PriorRowsPlan? { contents.priorRows }
    public var shape: Shape { contents.shape }
    public var output: Relation { contents.output }
    /// Where the output's records take their time from; nil leaves it as it is.
    public var outputTime: TimeColumn? { contents.outputTime }
    /// How far the watermark of rows with times of their own stays behind, milliseconds; nil is as far as
    /// the input's.
    public var outputWatermarkDelay: Int64? { contents.outputWatermarkDelay }
    /// Of an INSERT INTO: the how-many-th of its stream, from 1; nil where the query makes the relation.
    public var insertion: Int? { contents.insertion }
    public var places: QueryPlaces { contents.places }

    init(
        id: String, input: Relation, joins: [JoinPlan], filter: Expression?,
        deduplication: DeduplicationPlan?, tableFunctions: [TableFunction] = [],
        priorRows: PriorRowsPlan? = nil, shape: Shape, output: Relation, outputTime: TimeColumn?,
        outputWatermarkDelay: Int64? = nil, insertion: Int? = nil, places: QueryPlaces = QueryPlaces()
    ) {
        contents = Contents(
            id: id, input: input, joins: joins, filter: filter, deduplication: deduplication,
            tableFunctions: tableFunctions, priorRows: priorRows, shape: shape, output: output,
            outputTime: outputTime, outputWatermarkDelay: outputWatermarkDelay, insertion: insertion,
            places: places)
    }

    /// Whether one of its relations lives in no topic.
    var isLocal: Bool { contents.isLocal }

    /// Whether it is the very one and not only equal.
    func isSame(as other: QueryPlan) -> Bool { contents === other.contents }

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

    private final class Contents: Sendable {
        let id: String
        let input: Relation
        let joins: [JoinPlan]
        let filter: Expression?
        let deduplication: DeduplicationPlan?
        let tableFunctions: [TableFunction]
        let priorRows: PriorRowsPlan?
        let shape: Shape
        let output: Relation
        let outputTime: TimeColumn?
        let outputWatermarkDelay: Int64?
        let insertion: Int?
        let places: QueryPlaces
        let isLocal: Bool

        init(
            id: String, input: Relation, joins: [JoinPlan], filter: Expression?,
            deduplication: DeduplicationPlan?, tableFunctions: [TableFunction], priorRows: PriorRowsPlan?,
            shape: Shape, output: Relation, outputTime: TimeColumn?, outputWatermarkDelay: Int64?,
            insertion: Int?, places: QueryPlaces
        ) {
            self.places = places
            self.id = id
            self.input = input
            self.joins = joins
            self.filter = filter
            self.deduplication = deduplication
            self.tableFunctions = tableFunctions
            self.priorRows = priorRows
            self.shape = shape
            self.output = output
            self.outputTime = outputTime
            self.outputWatermarkDelay = outputWatermarkDelay
            self.insertion = insertion
            let sources = joins.first.map { [$0.left] + joins.map(\.right) } ?? [input]
            isLocal = output.topic == nil || sources.contains { $0.topic == nil }
        }
    }
}
