import Expressions
import Registry

/// All that the statements of one pipeline ask for: what to read, which queries to run, where results go.
public struct PipelinePlan: Sendable {
    public var catalogue = Catalogue()
    /// In the order of their statements. A query reads relations that stand before it; an INSERT INTO may
    /// write one that a query before it reads.
    public var queries: [QueryPlan] = []
    public var sinks: [SinkPlan] = []
    public var settings = Settings()
    /// The schemas that topics are read and written with.
    public var registry: any SchemaDirectory = SchemaRegistry()
    /// Rules about its relations; nil without a rules file.
    public internal(set) var quality: QualityPlan?

    public init() {}

    /// `SET 'emit.per.record' = 'true'`: every input record emits its change, in order.
    public var emitsPerRecord: Bool { settings[.emitsPerRecord]?.lowercased() == "true" }

    /// `SET 'cache.max.bytes.buffering' = '0'`: what is read together emits its changes at once, one for each
    /// key.
    public var emitsAtOnce: Bool { settings[.changeBuffer] == "0" }

    /// The plan for records that have gone through the pipeline before: its rules keep rows aside, and leave
    /// neither results nor alerts.
    public var forReplay: PipelinePlan {
        guard let quality else { return self }
        var plan = self
        let silent = quality.silent
        plan.quality = silent
        plan.sinks.removeAll {
            $0.from.name == quality.results.name
                || silent.quarantine == nil && $0.from.name == quality.quarantine?.name
        }
        return plan
    }

    public func query(producing relation: String) -> [QueryPlan] {
        queries.filter { $0.output.name == relation }
    }

    /// Whether rows come to a stream in more than one way: from its source or query, and from INSERT INTO.
    public func isInserted(into relation: String) -> Bool {
        queries.contains { $0.output.name == relation && $0.insertion != nil }
    }

    /// The queries in an order in which all that write a relation stand before those that read it; that of
    /// their statements, but for what an INSERT INTO brings forward.
    public var queriesInFlowOrder: [QueryPlan] {
        var result: [QueryPlan] = []
        var waiting = queries[...]
        while !waiting.isEmpty {
            // No query feeds itself, so one of those that wait reads nothing that another still writes.
            let next = waiting.firstIndex { query in
                let read = Set(query.sources.map(\.name))
                return !waiting.contains { read.contains($0.output.name) }
            }
            let index = next ?? waiting.startIndex
            result.append(waiting[index])
            waiting.remove(at: index)
        }
        return result
    }
}
