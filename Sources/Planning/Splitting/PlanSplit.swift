import Diagnostics
import Expressions

/// What a pipeline must be like so that several tasks can share the partitions of its topics.
///
/// A task sees the records of its own partitions only. So all rows that a clause brings together (a group, a
/// join, repeats, rows before others) must have one record key: a clause's key is the topic's, or has it
/// among its columns. Filters and projections need nothing.
public struct PlanSplit: Sendable {
    /// The relations that are read from topics.
    public let sources: [Relation]
    /// Whether something is kept by key, so that a key has to stay in its partition.
    public let isKeyed: Bool
    private let keys: [String: SplitKey]

    /// The columns of a relation's rows that say in which partition they lay.
    public func key(of relation: String) -> SplitKey? { keys[relation] }

    /// Throws why the plan can't be split, where that stands, and what can be done.
    public init(_ plan: PipelinePlan) throws(Diagnostic) {
        if plan.quality != nil {
            throw Diagnostic(
                .unsupported, "quality rules judge all rows of a pipeline, and a task sees a part of them",
                hint: "run without rules (--quality none), or as one process, without --service")
        }
        let read = Set(
            plan.queries.flatMap { $0.sources.map(\.name) } + plan.sinks.map(\.from.name))
        var sources: [Relation] = []
        var check = SplitCheck()
        for name in plan.catalogue.order where read.contains(name) {
            guard let relation = plan.catalogue.relation(name), let source = relation.source else { continue }
            guard case .topic(let topic) = source.connector else {
                var what = "files"
                if case .postgres = source.connector { what = "a database" }
                throw Diagnostic(
                    .unsupported,
                    "\(name) reads \(what), and what processes share are the partitions of topics",
                    hint: "write its rows to a topic first, in a pipeline before this one, or run one "
                        + "process, without --service")
            }
            sources.append(relation)
            check.add(relation, topic: topic, source)
        }
        guard !sources.isEmpty else {
            throw Diagnostic(
                .unsupported,
                "the pipeline reads no topic, and what processes share are partitions of topics",
                hint: "run it without --service")
        }
        for query in plan.queriesInFlowOrder { try check.add(query) }
        self.sources = sources
        isKeyed = check.isKeyed
        keys = check.keys
    }
}
