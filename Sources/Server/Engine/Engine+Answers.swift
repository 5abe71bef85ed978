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
        let task = TransientTask(
            plan: plan, environment: environment, sources: sources, subscribers: [answer.source.name: [tap]],
            workers: threads.workers, stateLimit: Self.transientStateLimit)
        let end: @Sendable () -> Void = { [weak host] in host?.cancel(on: scheduler) }
        let id = state.withLock { state in
            state.pushCount += 1
            let id = "transient_\(query.from.name.text)_\(state.pushCount)"
            state.pushes[id] = EngineState.OpenPush(statement: statement.text, end: end)
            return id
        }
        host.start(task, on: scheduler) { [weak self] in self?.forgetPush(id) }
        return PushQuery(id: id, columns: answer.columns, stop: end)
    }

    /// Bytes of state that one push query may hold.
    static let transientStateLimit = 256 << 20

    private func forgetPush(_ id: String) { state.withLock { $0.pushes[id] = nil } }

    /// Ends a push query by its id; false when there is none.
    public func endPushQuery(_ id: String) -> Bool {
        guard let push = state.withLock({ $0.pushes[id] }) else { return false }
        push.end()
        return true
    }

    /// What a plan reads that lasts as long as its question: topics from where the session says, files from
    /// their beginning.
    private func sources(
        of plan: PipelinePlan, _ properties: [String: String], wake: @escaping @Sendable () -> Void
    ) throws(Diagnostic) -> [String: any Source] {
        let inTopics = plan.catalogue.relations.values.filter { $0.topic != nil && $0.source != nil }
        var sources = try SourceFactory(fileSystem: files, report: reports.add).sources(
            of: plan.withoutRelations(inTopics.map(\.name)), alsoReading: plan.catalogue.order)
        for relation in inTopics {
            guard let topic = relation.topic else { continue }
            let starts =
                Self.readsFromEnd(properties) && relation.kind == .stream ? topics.ends(topic.name) : [:]
            sources[relation.name] = try topics.source(of: relation, from: starts, wake: wake)
        }
        return sources
    }
}

// Pull queries.
extension Engine {
    /// Answers a SELECT without EMIT from what is there.
    public func pull(
        _ query: Query, _ statement: Statement, _ session: Session
    ) throws(Diagnostic) -> PullAnswer {
        throw Diagnostic(.unsupported, "to come")
    }

    /// Starts PRINT: records of a topic as lines of text.
    public func print(
        _ topic: PrintTopic, _ statement: Statement, _ session: Session, to receiver: any AnswerReceiver
    ) throws(Diagnostic) -> PushQuery { throw Diagnostic(.unsupported, "to come") }

    /// INSERT INTO … VALUES.
    public func insert(
        _ row: InsertValues, _ statement: Statement, _ session: Session
    ) throws(Diagnostic) { throw Diagnostic(.unsupported, "to come") }

    /// Appends rows as JSON objects by column name, as `/inserts-stream` takes them.
    ///
    /// - Returns: for each row nil, or what is wrong with it.
    public func insert(
        into target: String, rows: [JSONValue], _ session: Session
    ) throws(Diagnostic) -> [Diagnostic?] { throw Diagnostic(.unsupported, "to come") }
}
