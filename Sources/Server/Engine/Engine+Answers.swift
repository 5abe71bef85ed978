import Broker
import Columnar
import Connectors
import Diagnostics
import Formats
import Language
import Planning
import Runtime

// Statements that ask.
extension Engine {
    /// Starts a SELECT with EMIT; the receiver gets its rows until it ends, is cancelled, or has enough.
    public func push(
        _ query: Query, _ statement: Statement, _ session: Session, to receiver: any AnswerReceiver
    ) throws(Diagnostic) -> PushQuery {
        var planner = try state.withLock { $0.planner }.copy()
        let properties = effective(session)
        planner.use(Self.settings(properties))
        let answer = try planner.answer(query, in: statement, hidden: Self.hiddenName)
        let plan = planner.plan.transient(answering: answer, hidden: Self.hiddenName)
        let tap = AnswerTap(answer, receiver, clock: environment.clock)
        let scheduler = scheduler
        let readsFiles = plan.catalogue.relations.values.contains { $0.source != nil && $0.topic == nil }
        let host = TransientHost(tap, receiver, interval: readsFiles ? Self.pollMilliseconds : nil)
        let sources = try sources(of: plan, properties) { [weak host] in host?.wake(on: scheduler) }
        let task = try TransientTask(
            plan: plan, environment: environment, sources: sources, subscribers: [answer.source.name: [tap]],
            workers: threads.workers, stateLimit: Self.transientStateLimit)
        let end: @Sendable () -> Void = { [weak host] in host?.cancel(on: scheduler) }
        let id = openPush("transient_\(query.from.name.text)", statement.text, end)
        host.start(task, on: scheduler) { [weak self] in self?.forgetPush(id) }
        return PushQuery(id: id, columns: answer.columns, stop: end)
    }

    /// Bytes of state that one push query may hold.
    static let transientStateLimit = 256 << 20

    /// Enters what lasts until somebody ends it; returns its id.
    private func openPush(
        _ what: String, _ statement: String, _ end: @escaping @Sendable () -> Void
    ) -> String {
        state.withLock { state in
            state.pushCount += 1
            let id = "\(what)_\(state.pushCount)"
            state.pushes[id] = EngineState.OpenPush(statement: statement, end: end)
            return id
        }
    }

    private func forgetPush(_ id: String) { state.withLock { $0.pushes[id] = nil } }

    /// Ends a push query by its id; false when there is none.
    public func endPushQuery(_ id: String) -> Bool {
        guard let push = state.withLock({ $0.pushes.removeValue(forKey: id) }) else { return false }
        push.end()
        return true
    }

    /// What a plan reads that lasts as long as its question: topics from where the session says, files from
    /// their beginning.
    private func sources(
        of plan: PipelinePlan, _ properties: [String: String], wake: @escaping @Sendable () -> Void
    ) throws(Diagnostic) -> [String: any Source] {
        var ends: [String: [Int: Int64]] = [:]
        if Self.readsFromEnd(properties) {
            for relation in plan.catalogue.relations.values where relation.kind == .stream {
                if let topic = relation.topic { ends[relation.name] = try topics.ends(topic.name) }
            }
        }
        let starts = ends
        return try SourceFactory(
            fileSystem: files, topics: topics.store, start: { .offsets(starts[$0.name] ?? [:]) },
            onInput: wake, report: reports.add
        ).sources(of: plan, alsoReading: plan.catalogue.order)
    }
}

// PRINT.
extension Engine {
    /// Starts PRINT: records of a topic as lines of text.
    public func print(
        _ topic: PrintTopic, _ statement: Statement, _ session: Session, to receiver: any AnswerReceiver
    ) throws(Diagnostic) -> PushQuery {
        let names = [topic.topic.text, topic.topic.text.lowercased()]
        let known = topics.store.topics.map(\.name)
        let name =
            names.first { known.contains($0) }
            ?? known.first { $0.uppercased() == topic.topic.text.uppercased() }
        guard let name else {
            let suggestion = NearestName.suggestion(for: topic.topic.text, among: known)
            throw Diagnostic(
                .notFound, "there is no topic \(topic.topic.text)",
                at: statement.location(of: topic.topic.span),
                hint: suggestion.map { "did you mean '\($0)'?" } ?? "SHOW TOPICS lists them")
        }
        let printer: TopicPrinter
        do throws(TopicStoreError) {
            printer = try TopicPrinter(
                try topics.store.reader(name), receiver, fromBeginning: topic.fromBeginning,
                interval: topic.interval ?? 1, limit: topic.limit)
        } catch { throw error.diagnostic }
        let id = openPush("print_\(name)", statement.text) { printer.cancel() }
        printer.start(on: scheduler) { [weak self] in self?.forgetPush(id) }
        return PushQuery(
            id: id, columns: [AnswerPlan.Column(name: "LINE", type: .string, isKey: false)]
        ) { printer.cancel() }
    }
}
