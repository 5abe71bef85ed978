import Connectors
import Diagnostics
import Glibc
import Language
import Planning
import Runtime

// Questions that are answered at once, from what is there.
extension Engine {
    /// Answers a SELECT without EMIT.
    public func pull(
        _ query: Query, _ statement: Statement, _ session: Session
    ) throws(Diagnostic) -> PullAnswer {
        let (planner, hosts, number) = state.withLock { state in
            state.pushCount += 1
            return (state.planner, state.hosts, state.pushCount)
        }
        var asking = planner
        asking.use(Self.settings(effective(session)))
        let plan = try asking.answer(query, in: statement, hidden: Self.hiddenName)
        let clock = environment.clock()
        let answering = PullAnswering(clock: clock, schemas: asking.plan.registry) { name in
            Self.view(of: name, planner.plan, hosts)
        } records: { [self] relation throws(Diagnostic) in
            try records(of: relation, planner.plan)
        }
        // A query that was made a moment ago may have to take up its state yet.
        waitForStart(plan, planner.plan, hosts)
        do throws(Diagnostic) {
            let rows = try answering.answer(plan)
            return PullAnswer(
                queryID: "query_\(number)", columns: rows.columns, values: rows.values, count: rows.count,
                isLimited: rows.isLimited)
        } catch {
            throw explained(error, plan, hosts)
        }
    }

    private static let startMilliseconds = 10_000
    private static let lookMilliseconds = 2

    private func waitForStart(_ plan: AnswerPlan, _ pipeline: PipelinePlan, _ hosts: [String: UnitHost]) {
        let tables = Self.tables(of: plan).filter { Self.view(of: $0, pipeline, hosts) == nil }
        guard !tables.isEmpty else { return }
        let makers = hosts.values.filter { host in tables.contains { host.unit.views.contains($0) } }
        var waited = 0
        while waited < Self.startMilliseconds, makers.contains(where: \.isStarting) {
            usleep(UInt32(Self.lookMilliseconds) * 1000)
            waited += Self.lookMilliseconds
        }
    }

    private static func tables(of plan: AnswerPlan) -> [String] {
        (plan.sources.isEmpty ? [plan.source] : plan.sources).filter { $0.kind == .table }.map(\.name)
    }

    /// The rows of a table, where the task that makes them is at work.
    private static func view(
        of table: String, _ plan: PipelinePlan, _ hosts: [String: UnitHost]
    ) -> TableView? {
        let writer = plan.queries.first { $0.output.name == table && $0.insertion == nil }
        for name in [writer?.id, PlanUnit.viewPrefix + table, PipelinePlan.localUnit] {
            guard let name, let host = hosts[name], host.unit.views.contains(table) else { continue }
            return host.task?.view(of: table)
        }
        return nil
    }

    /// A source that stands at the first record of a stream.
    private func records(of relation: Relation, _ plan: PipelinePlan) throws(Diagnostic) -> (any Source)? {
        guard let read = relation.readFromTopic ?? (relation.source == nil ? nil : relation) else {
            return nil
        }
        var alone = PipelinePlan()
        alone.settings = plan.settings
        alone.registry = plan.registry
        alone.catalogue.define(read)
        let source = try SourceFactory(fileSystem: files, topics: topics.store, report: reports.add)
            .sources(of: alone, alsoReading: [read.name])[read.name]
        try source?.restore(nil)
        return source
    }

    /// A table whose task is not at work has no rows to give, and its own reason for that.
    private func explained(
        _ error: Diagnostic, _ plan: AnswerPlan, _ hosts: [String: UnitHost]
    ) -> Diagnostic {
        guard error.code == .unsupported else { return error }
        for table in Self.tables(of: plan) {
            guard let host = hosts.values.first(where: { $0.unit.views.contains(table) }),
                host.task == nil
            else { continue }
            return Diagnostic(
                .unavailable, "the query that makes \(table) is not at work",
                hint: host.failure.map { "it failed: \($0.message)" } ?? "RESUME it, or wait for its start")
        }
        return error
    }
}
