import Expressions
import Registry

/// All that the statements of one pipeline ask for: what to read, which queries to run, where results go.
public struct PipelinePlan: Sendable {
    public var catalogue = Catalogue()
    /// In the order of their statements; a query reads relations that stand before it.
    public var queries: [QueryPlan] = []
    public var sinks: [SinkPlan] = []
    public var settings = Settings()
    /// The schemas that topics are read and written with.
    public var registry = SchemaRegistry()
    /// Rules about its relations; nil without a rules file.
    public internal(set) var quality: QualityPlan?

    public init() {}

    /// `SET 'emit.per.record' = 'true'`: every input record emits its change, in order.
    public var emitsPerRecord: Bool { settings[.emitsPerRecord]?.lowercased() == "true" }

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
}
