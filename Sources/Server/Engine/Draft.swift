import Diagnostics
import Language
import Planning
import Registry

/// A statement on its way: what the server would have after it, before anything is done.
struct Draft {
    var state: EngineState
    private let before: EngineState
    /// Its number in the log.
    private let number: Int64
    /// Whether anything is different afterwards.
    private(set) var isChange = true
    /// The query that it starts.
    private(set) var queryID: String?
    /// Relations that it makes or changes.
    private(set) var newRelations: [Relation] = []
    /// Topics that go with what it drops.
    private(set) var removedTopics: [String] = []
    /// The schemas that it found or made.
    private(set) var schemas: [String: NotedSchemas.Note] = [:]
    private var commandID = ""
    private var message = ""
    private var warnings: [String] = []

    init(_ state: EngineState, number: Int64) {
        self.state = state
        before = state
        self.number = number
    }

    func outcome(sequence: Int64) -> ExecutedStatement {
        ExecutedStatement(
            commandID: commandID, sequence: sequence, queryID: queryID, message: message, warnings: warnings)
    }

    /// - Parameter known: the schemas that it found or made when it was done before.
    mutating func plan(
        _ statement: Statement, _ settings: Settings, known: [String: NotedSchemas.Note]? = nil
    ) throws(Diagnostic) {
        if case .queryControl(let control) = statement.kind, control.action != .terminate {
            return try pause(control, statement, settings)
        }
        if case .alterSystem(let setting) = statement.kind {
            state.properties[setting.name] = setting.value
            isChange = state.properties != before.properties
            commandID = "system/`\(setting.name)`/alter"
            message = "System property \(setting.name) was set to \(setting.value)."
            return
        }
        state.planner.use(settings)
        state.planner.numberQueries(from: Int(number))
        let registry = state.planner.plan.registry
        let noted = NotedSchemas(registry, known: known)
        state.planner.use(noted)
        try state.planner.add(statement)
        state.planner.use(registry)
        schemas = noted.notes
        let plan = state.planner.plan
        let former = before.planner.plan.catalogue
        newRelations = plan.catalogue.relations(differentFrom: former)
        queryID = started(statement)
        if let queryID {
            state.settings[queryID] = settings
            state.statements[queryID] = statement.text
        }
        describe(statement)
        forgetRemoved()
        takeConnectorState(settings, statement)
    }

    /// The query that the statement starts, or puts in the place of another.
    private func started(_ statement: Statement) -> String? {
        let queries = state.planner.plan.queries
        // A new one stands last.
        if let new = queries.last, !before.planner.plan.queries.contains(where: { $0.id == new.id }) {
            return new.id
        }
        guard case .createSourceAsSelect(let create) = statement.kind, create.orReplace else { return nil }
        return queries.first { $0.output.name == create.name.text && $0.insertion == nil }?.id
    }

    /// Queries that are not there any more leave nothing behind.
    private mutating func forgetRemoved() {
        let formerCount = before.planner.plan.queries.count
        let isNew = queryID.map { id in !before.planner.plan.queries.contains { $0.id == id } } ?? false
        guard state.planner.plan.queries.count < formerCount + (isNew ? 1 : 0) else { return }
        let ids = Set(state.planner.plan.queries.map(\.id))
        for query in before.planner.plan.queries where !ids.contains(query.id) {
            state.settings[query.id] = nil
            state.starts[query.id] = nil
            state.statements[query.id] = nil
            state.paused.remove(query.id)
        }
    }

    /// Notes that a query goes on without the state that it had, or that a connector does to another target.
    mutating func restart(_ unit: String, from starts: [String: [Int: Int64]]) {
        state.starts[unit] = starts
        warnings.append(
            unit.hasPrefix(PlanUnit.sinkPrefix)
                ? "\(unit) goes on from where it is to another target"
                : "\(unit) goes on from where it is without its former state, which another query made")
    }

    // MARK: PAUSE and RESUME

    private mutating func pause(
        _ control: QueryControl, _ statement: Statement, _ settings: Settings
    ) throws(Diagnostic) {
        let isPause = control.action == .pause
        var ids: [String] = []
        if let id = control.query, let units = try connectorUnits(id, statement) {
            ids = units
        } else if let id = control.query {
            let query = try state.planner.query(named: id, in: statement)
            guard state.planner.plan.unitName(of: query) == query.id else {
                throw Diagnostic(
                    .unsupported, "\(query.id) works together with others on what lives in no topic",
                    at: statement.location(of: id.span),
                    hint: "TERMINATE it, or give its source a topic to \(control.action.rawValue) it alone")
            }
            ids = [query.id]
        } else {
            let plan = state.planner.plan
            ids = plan.queries.filter { plan.unitName(of: $0) == $0.id }.map(\.id)
        }
        for id in ids { if isPause { state.paused.insert(id) } else { state.paused.remove(id) } }
        let isStop = isPause && ConnectorState(settings) == .stopped
        for id in ids where id.hasPrefix(PlanUnit.sinkPrefix) {
            if isStop { state.stopped.insert(id) } else { state.stopped.remove(id) }
        }
        isChange = state.paused != before.paused || state.stopped != before.stopped
        commandID = "\(control.action.rawValue.lowercased())/\(control.query?.text ?? "ALL")/execute"
        message = isPause ? "Query paused." : "Query resumed."
    }

    // MARK: What is said of it

    private mutating func describe(_ statement: Statement) {
        switch statement.kind {
        case .createSource(let create): made(create.name.text, create.kind.relation, statement)
        case .createSourceAsSelect(let create): made(create.name.text, create.kind.relation, statement)
        case .createType(let create):
            commandID = "type/`\(create.name.text)`/create"
            let type = state.planner.plan.catalogue.types[create.name.text]?.sql ?? ""
            isChange = before.planner.plan.catalogue.types[create.name.text] == nil
            message =
                isChange
                ? "Registered custom type with name '\(create.name.text)' and SQL type \(type)"
                : "\(create.name.text) is already registered with type \(type)"
        case .createConnector(let create):
            commandID = "connector/`\(create.name.text)`/create"
            let isThere = before.connectorStatements[create.name.text] != nil
            isChange = create.orReplace || !isThere
            if isChange {
                state.connectorStatements[create.name.text] = statement.text
                let made = state.planner.plan.sinks.first { $0.connector == create.name.text }
                if let note = made?.note { warnings.append(note) }
            }
            message =
                isChange
                ? "\(isThere ? "Replaced" : "Created") connector \(create.name.text)"
                : "Connector \(create.name.text) already exists"
        case .insertInto(let insert):
            commandID = "stream/`\(insert.target.text)`/create"
            message = "Created query with ID \(queryID ?? "")"
        case .drop(let drop): dropped(drop)
        case .alterSource(let alter):
            commandID = "\(alter.kind.relation.rawValue.lowercased())/`\(alter.name.text)`/alter"
            message = "\(alter.kind.relation.word) \(alter.name.text) altered successfully."
        case .queryControl(let control):
            commandID = "terminate/\(control.query?.text ?? "ALL")/execute"
            isChange = state.planner.plan.queries.count != before.planner.plan.queries.count
            message = "Query terminated."
        default:
            commandID = "statement/\(number)/execute"
            message = "Done."
        }
    }

    private mutating func made(_ name: String, _ kind: Relation.Kind, _ statement: Statement) {
        commandID = "\(kind.rawValue.lowercased())/`\(name)`/create"
        isChange = queryID != nil || !newRelations.isEmpty
        guard isChange else {
            message =
                "Cannot add \(kind.rawValue.lowercased()) `\(name)`: "
                + "A \(kind.rawValue.lowercased()) with the same name already exists."
            return
        }
        state.statements[name] = statement.text
        message = queryID.map { "Created query with ID \($0)" } ?? "\(kind.word) created"
    }

    private mutating func dropped(_ drop: Drop) {
        let name = drop.name.text
        commandID = "\(drop.kind.rawValue.lowercased())/`\(name)`/drop"
        let old = before.planner.plan
        switch drop.kind {
        case .stream, .table:
            let relation = old.catalogue.relation(name)
            isChange = relation != nil
            message =
                isChange
                ? "Source `\(name)` (topic: \(relation?.topic?.name ?? "none")) was dropped."
                : "Source `\(name)` does not exist."
            if drop.deleteTopic, let topic = relation?.topic { removedTopics = [topic.name] }
        case .type:
            isChange = old.catalogue.types[name] != nil
            message = isChange ? "Dropped type '\(name)'" : "Type '\(name)' does not exist"
        case .connector:
            isChange = old.sinks.contains { $0.connector == name }
            message = isChange ? "Dropped connector \"\(name)\"" : "Connector '\(name)' does not exist."
            state.connectorStatements[name] = nil
            return
        }
        if isChange { state.statements[name] = nil }
    }
}

extension Relation.Kind {
    fileprivate var word: String { self == .stream ? "Stream" : "Table" }
}
