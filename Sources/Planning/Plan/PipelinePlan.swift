import Expressions

/// All that the statements of one pipeline ask for: what to read, which queries to run, where results go.
public struct PipelinePlan: Sendable {
    public var catalogue = Catalogue()
    /// In the order of their statements; a query reads relations that stand before it.
    public var queries: [QueryPlan] = []
    public var sinks: [SinkPlan] = []
    /// What SET has set, by lower-case name.
    public var settings: [String: String] = [:]

    public init() {}

    /// `SET 'emit.per.record' = 'true'`: every input record emits its change, in order.
    public var emitsPerRecord: Bool { settings["emit.per.record"]?.lowercased() == "true" }

    public func query(producing relation: String) -> [QueryPlan] {
        queries.filter { $0.output.name == relation }
    }
}

/// One persistent query: from one relation, through its clauses, to another relation.
public struct QueryPlan: Sendable {
    /// Such as `CTAS_REVENUE_5`.
    public let id: String
    public let input: Relation
    /// WHERE, over the input's row.
    public let filter: Expression?
    public let deduplication: DeduplicationPlan?
    public let shape: Shape
    public let output: Relation
    /// Where the output's records take their time from; nil leaves it as it is.
    public let outputTime: TimeColumn?

    /// How rows become the output's rows.
    public enum Shape: Sendable {
        /// Expressions over the input's row, one for each column of the output.
        case projection([Expression])
        case aggregation(AggregationPlan)
    }
}

/// `DEDUPLICATE BY keys WITHIN d`.
public struct DeduplicationPlan: Hashable, Sendable {
    /// Over the input's row.
    public let keys: [Expression]
    /// Milliseconds.
    public let within: Int64
}

/// GROUP BY with its window, aggregates, HAVING and SELECT list.
///
/// Expressions behind the aggregation read a row of: the group's keys, the aggregates' results, ROWTIME, WINDOWSTART,
/// WINDOWEND.
public struct AggregationPlan: Sendable {
    /// Over the input's row.
    public let groupBy: [Expression]
    public let window: WindowPlan?
    public let aggregates: [AggregateCall]
    public let having: Expression?
    /// One for each column of the output.
    public let projection: [Expression]
    public let emission: Emission

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

/// A window with its times in milliseconds.
public struct WindowPlan: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case tumbling(size: Int64)
        case hopping(size: Int64, advance: Int64)
        case session(gap: Int64)
    }

    public let kind: Kind
    /// How long behind its end a window takes late records.
    public let grace: Int64

    public static let defaultGrace: Int64 = 86_400_000
}

/// An aggregate function and the arguments it folds, over the input's row.
public struct AggregateCall: Sendable {
    public let name: String
    public let function: any AggregateFunction
    public let arguments: [Expression]
    /// The syntax it stands for, such as `SUM(PRICE * QUANTITY)`.
    public let text: String
}

/// `CREATE SINK CONNECTOR`: which relation goes where.
public struct SinkPlan: Sendable {
    public let name: String
    /// `connector.class` in lower case, such as `delta`.
    public let connectorClass: String
    public let from: Relation
    /// All properties; the connector takes its own from them and refuses what it does not know.
    public let properties: ConnectorProperties
}
