import Diagnostics
import Planning
import Storage

/// Finds the sinks that a plan is replayed from.
enum BronzeSearch {
    /// One for each source of the plan.
    ///
    /// - Parameter name: a sink, its stream, the last part of its table's path, or the part before it: the
    ///   layer.
    static func find(_ name: String, in plan: PipelinePlan) throws(Diagnostic) -> [BronzePlan] {
        var found: [BronzePlan] = []
        var unfit: [(sink: SinkPlan, reason: String)] = []
        var fitting: [String] = []
        for sink in plan.sinks {
            let isNamed = names(of: sink).contains { $0.lowercased() == name.lowercased() }
            do throws(BronzePlan.Unfit) {
                let bronze = try BronzePlan(sink, in: plan)
                fitting.append(sink.name.lowercased())
                if isNamed { found.append(bronze) }
            } catch {
                if isNamed { unfit.append((sink, error.reason)) }
            }
        }
        if found.isEmpty { throw refusal(name, unfit, fitting, plan) }
        try checkCoverage(found, plan)
        return found
    }

    private static func names(of sink: SinkPlan) -> [String] {
        let parts = (sink.properties.text("path") ?? "").split(separator: "/").suffix(2).map(String.init)
        return [sink.name, sink.from.name] + parts
    }

    private static func refusal(
        _ name: String, _ unfit: [(sink: SinkPlan, reason: String)], _ fitting: [String],
        _ plan: PipelinePlan
    ) -> Diagnostic {
        let choices = fitting.isEmpty ? nil : "--from " + fitting.joined(separator: " or --from ")
        guard let first = unfit.first else {
            let all = Set(plan.sinks.flatMap { names(of: $0) }).sorted()
            return Diagnostic(
                .usage, "--from \(name) names no sink, stream, table or layer of the pipeline",
                expected: choices ?? "a table that holds \(BronzePlan.requirement)",
                hint: NearestName.suggestion(for: name, among: all).map { "did you mean \($0)?" })
        }
        return Diagnostic(
            .invalidArgument,
            "\(first.sink.name.lowercased()) can't be replayed from: \(first.reason)",
            expected: BronzePlan.requirement,
            hint: choices.map { "replay with \($0)" }
                ?? "add such a table to the pipeline: it can be replayed from what comes then")
    }

    /// Each source must have exactly one: what comes from another can't be made again.
    private static func checkCoverage(_ found: [BronzePlan], _ plan: PipelinePlan) throws(Diagnostic) {
        for (index, bronze) in found.enumerated() {
            guard let other = found[..<index].first(where: { $0.source.name == bronze.source.name }) else {
                continue
            }
            throw Diagnostic(
                .usage,
                "both \(other.sink.name.lowercased()) and \(bronze.sink.name.lowercased()) keep the records "
                    + "of \(bronze.source.name)",
                expected: "one of them",
                hint: "name one: --from \(other.sink.name.lowercased())")
        }
        let read = Set(plan.queries.flatMap { $0.sources.map(\.name) } + plan.sinks.map(\.from.name))
        for name in plan.catalogue.order where read.contains(name) {
            guard let relation = plan.catalogue.relation(name), case .source = relation.origin,
                !found.contains(where: { $0.source.name == name })
            else { continue }
            throw Diagnostic(
                .unsupported, "the records of \(name) are in none of the tables that are replayed from",
                expected: "a table for each source that holds \(BronzePlan.requirement)",
                hint: "add a sink that keeps \(name), in the same layer as the others")
        }
        let kept = Set(found.map(\.sink.name))
        guard plan.sinks.contains(where: { !kept.contains($0.name) }) else {
            throw Diagnostic(.usage, "the pipeline has no other table than the one that is replayed from")
        }
    }
}
