import Diagnostics
import Language
import Planning
import Runtime
import Storage

// Statements that change something.
extension Engine {
    /// Plans statements without doing them; throws at the first that can't be done.
    public func check(_ statements: [Statement], _ session: Session) throws(Diagnostic) {
        var trial = try state.withLock { $0.planner }.copy()
        var session = session
        for statement in statements {
            switch statement.kind {
            case .set(let setting): session.properties[setting.name] = setting.value
            case .unset(let name): session.properties[name.text] = nil
            case .insertValues(let row):
                _ = try trial.insertedRow(
                    row, in: statement, allowing: [.rowTime], clock: environment.clock())
            case .query(let query):
                var asking = trial
                _ = try asking.answer(query, in: statement, hidden: Self.hiddenName)
            case .queryControl(let control):
                if control.action == .terminate { try trial.add(statement) }
            case .print, .runScript, .alterSystem, .assert, .show, .describe, .define, .undefine: break
            default:
                trial.use(Self.settings(effective(session)))
                try trial.add(statement)
                try checkSinks(of: trial.plan, statement)
            }
        }
    }

    static let hiddenName = "ANSWER"

    /// Does a statement that changes something: CREATE, DROP, ALTER, INSERT INTO … SELECT, TERMINATE, PAUSE,
    /// RESUME, CREATE CONNECTOR, ASSERT. It is durable when this returns.
    public func execute(_ statement: Statement, _ session: Session) throws(Diagnostic) -> ExecutedStatement {
        if case .assert(let assertion) = statement.kind { return try check(assertion, statement) }
        statementMonitor.lock()
        defer { statementMonitor.unlock() }
        var draft = Draft(state.withLock { $0 }, number: log.nextSequence)
        let properties = effective(session)
        try draft.plan(statement, Self.settings(properties))
        guard draft.isChange else { return draft.outcome(sequence: -1) }
        try checkSinks(of: draft.state.planner.plan, statement)
        try makeTopics(of: draft.newRelations, draft.state.planner.plan)
        try fixStarts(&draft, properties)
        let changes = try unitChanges(draft.state)
        // Whoever had an epoch open must have ended it before anything is known of another plan.
        stop(changes.ended)
        let deletions = deletions(draft.removedTopics)
        do throws(Diagnostic) {
            try keepPositions(of: changes, &draft)
            try log.append(
                StatementLog.Entry(
                    sequence: log.nextSequence, statement: statement.text, properties: properties,
                    starts: draft.loggedStarts(statement), deletions: deletions,
                    schemas: draft.schemas))
        } catch {
            for host in changes.ended where !isPaused(host.unit) { host.start() }
            throw error
        }
        apply(changes, &draft.state)
        draft.state.sequence = log.entries.last?.sequence ?? -1
        let next = draft.state
        state.withLock { state in
            // Push queries come and go meanwhile.
            let (pushes, count) = (state.pushes, state.pushCount)
            state = next
            state.pushes = pushes
            state.pushCount = count
        }
        for (name, identity) in deletions { try topics.delete(name, identity) }
        return draft.outcome(sequence: next.sequence)
    }

    private func deletions(_ names: [String]) -> [String: String] {
        var deletions: [String: String] = [:]
        for name in names { deletions[name] = topics.identity(name) }
        return deletions
    }

    private func isPaused(_ unit: PlanUnit) -> Bool {
        state.withLock { $0.paused.contains(unit.name) }
    }

    /// The settings of a statement: the session's over the server's.
    func effective(_ session: Session) -> [String: String] {
        var effective: [String: String] = [:]
        for source in [configuration.properties, state.withLock { $0.properties }, session.properties] {
            for (name, value) in source { effective[Self.plain(name)] = value }
        }
        return effective
    }

    static func settings(_ properties: [String: String]) -> Settings {
        var settings = Settings()
        for (name, value) in properties { settings.set(name, to: value) }
        return settings
    }

    /// ksqlDB's server takes names of Kafka Streams' settings with this in front.
    private static func plain(_ name: String) -> String {
        let prefix = "ksql.streams."
        return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }

    /// Whether streams are read from their present end, as `auto.offset.reset` says where it says nothing.
    static func readsFromEnd(_ properties: [String: String]) -> Bool {
        properties["auto.offset.reset"]?.lowercased() ?? "latest" == "latest"
    }

    // MARK: Topics

    /// Makes the topics that the statement's relations need and that are not there.
    private func makeTopics(of relations: [Relation], _ plan: PipelinePlan) throws(Diagnostic) {
        for relation in relations {
            guard let topic = relation.topic else { continue }
            if let existing = topics.partitionCount(topic.name) {
                if let wanted = topic.partitions, wanted != existing {
                    throw Diagnostic(
                        .conflict, "the topic \(topic.name) has \(existing) partitions, not \(wanted)",
                        hint: "leave out PARTITIONS, or name another topic")
                }
                continue
            }
            let sources = plan.query(producing: relation.name).flatMap(\.sources)
            let inherited = sources.lazy.compactMap { self.topics.partitionCount($0.topic?.name ?? "") }
            guard let count = topic.partitions ?? inherited.max() ?? (relation.source == nil ? 1 : nil) else {
                throw Diagnostic(
                    .notFound, "there is no topic \(topic.name)",
                    hint: "to make it, say how many partitions it has: WITH (…, PARTITIONS = 1)")
            }
            try topics.create(
                topic.name, partitions: count,
                isCompacted: relation.kind == .table && relation.windowing == nil,
                retention: topic.retention)
        }
    }

    /// Fixes where a new query begins to read: tables at the beginning, streams as `auto.offset.reset` says.
    private func fixStarts(
        _ draft: inout Draft, _ properties: [String: String]
    ) throws(Diagnostic) {
        // One that takes another's place goes on where that one is.
        guard let id = draft.queryID, draft.state.starts[id] == nil else { return }
        var starts: [String: [Int: Int64]] = [:]
        for query in draft.state.planner.plan.queries where query.id == id {
            for source in query.sources where source.kind == .stream {
                guard Self.readsFromEnd(properties), let topic = source.topic else { continue }
                starts[source.name] = try topics.ends(topic.name)
            }
        }
        draft.state.starts[id] = starts
    }

    // MARK: Start

    /// Takes up the statements of the log. One that can't be is kept beside, with the reason.
    func takeUp(_ entries: [StatementLog.Entry]) {
        statementMonitor.lock()
        defer { statementMonitor.unlock() }
        var current = EngineState(registry: schemas)
        for entry in entries {
            do throws(Diagnostic) {
                var reader = ScriptReader(finished: entry.statement)
                guard let statement = try reader.next() else { continue }
                var draft = Draft(current, number: entry.sequence)
                try draft.plan(statement, Self.settings(entry.properties), known: entry.schemas)
                draft.takeStarts(entry.starts, statement)
                current = draft.state
            } catch {
                current.refused.append((entry.statement, error))
                reports.add(error)
            }
        }
        takeUpTopics(of: current.planner.plan, entries)
        do throws(Diagnostic) {
            let changes = try unitChanges(current)
            apply(changes, &current)
        } catch { reports.add(error) }
        // State of a statement that could not be taken up waits for it.
        if current.refused.isEmpty, log.damages.isEmpty { removeLeftovers(current) }
        current.sequence = entries.last?.sequence ?? -1
        let taken = current
        state.withLock { $0 = taken }
    }

    /// Topics are made before their statement is logged and deleted after it: what a crash left is put right.
    private func takeUpTopics(of plan: PipelinePlan, _ entries: [StatementLog.Entry]) {
        do throws(Diagnostic) {
            for entry in entries {
                for (name, identity) in entry.deletions { try topics.delete(name, identity) }
            }
            for name in plan.catalogue.order {
                if let relation = plan.catalogue.relation(name) { try makeTopics(of: [relation], plan) }
            }
        } catch { reports.add(error) }
    }

    /// State of queries that a crash kept from being removed with them.
    private func removeLeftovers(_ state: EngineState) {
        let directory = Path.join(configuration.directory, "queries")
        do throws(StorageError) {
            guard try files.status(directory) != nil else { return }
            // A connector that is made again goes on where it was, as it does with Kafka Connect.
            for entry in try files.list(directory)
            where state.hosts[entry.name] == nil && !entry.name.hasPrefix(PlanUnit.sinkPrefix) {
                try files.removeTree(Path.join(directory, entry.name))
            }
        } catch {
            reports.add(Diagnostic(.state, "\(error.path) can't be removed: \(error.reason)"))
        }
    }
}
