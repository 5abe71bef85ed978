import Connectors
import Diagnostics
import Formats
import Language
import Planning

/// Does the statements of a request one after the other; SET and UNSET act on those behind them.
struct StatementRunner {
    let context: RESTContext
    private(set) var session: Session

    init(_ context: RESTContext, _ session: Session) {
        self.context = context
        self.session = session
    }

    /// What came of a statement; nil for one that ksqlDB does not answer.
    mutating func run(_ step: RequestScript.Step) throws(Diagnostic) -> JSONValue? {
        session.variables = step.variables
        let statement = step.statement
        switch statement.kind {
        case .set(let setting): session.properties[setting.name] = setting.value
        case .unset(let name): session.properties[name.text] = nil
        case .define, .undefine: break
        case .insertValues(let row): try context.engine.insert(row, statement, session)
        case .show(let show): return json(listing(show, step.variables), statement)
        case .describe(let describe): return json(try description(describe, statement), statement)
        case .explain(let explain): return json(try explanation(explain, statement), statement)
        case .queryControl(let control):
            if control.action == .terminate, let id = control.query?.text, context.endPush(id) {
                return json(TerminatedQuery(id: id, wasTerminated: true), statement)
            }
            return try execute(statement)
        case .runScript:
            throw Diagnostic(
                .unsupported, "a request does not hold RUN SCRIPT",
                at: statement.location(of: statement.span), hint: "send the script's statements themselves")
        case .query, .print: throw Self.misplaced(statement)
        default: return try execute(statement)
        }
        return nil
    }

    static func misplaced(_ statement: Statement) -> Diagnostic {
        Diagnostic(
            .unsupported, "SELECT and PRINT stream their answers, which /ksql does not",
            at: statement.location(of: statement.span), hint: "send it to /query or /query-stream")
    }

    private func json(_ entity: some Entity, _ statement: Statement, warnings: [String] = []) -> JSONValue {
        entity.json(StatementText.shown(statement.text), warnings: warnings)
    }

    private func json(_ entity: any Entity, _ statement: Statement) -> JSONValue {
        entity.json(StatementText.shown(statement.text))
    }

    // MARK: Statements that change something

    private func execute(_ statement: Statement) throws(Diagnostic) -> JSONValue {
        let done = try context.engine.execute(statement, session)
        let status = CommandStatus(message: done.message, queryID: done.queryID)
        switch statement.kind {
        case .assert(.topic(let name, _, let exists, _)):
            return json(AssertedTopic(name: name.text, exists: exists), statement, warnings: done.warnings)
        case .assert(.schema(let subject, let id, let exists, _)):
            let entity = AssertedSchema(subject: subject?.text, id: id, exists: exists)
            return json(entity, statement, warnings: done.warnings)
        default: break
        }
        if done.sequence < 0 {
            return json(WarningEntity(message: done.message), statement, warnings: done.warnings)
        }
        context.statuses.note(done.commandID, status)
        switch statement.kind {
        case .createConnector(let create):
            return json(ConnectorInfo(create: create), statement, warnings: done.warnings)
        case .drop(let drop) where drop.kind == .connector:
            return json(DroppedConnector(name: drop.name.text), statement, warnings: done.warnings)
        default:
            let entity = CurrentStatus(commandID: done.commandID, status: status, sequence: done.sequence)
            return json(entity, statement, warnings: done.warnings)
        }
    }

    // MARK: Statements that ask

    private func listing(_ show: Show, _ variables: Variables) -> any Entity {
        let snapshot = context.engine.snapshot
        switch show.subject {
        case .streams:
            return show.isExtended
                ? SourceDescriptionList(.stream, of: snapshot, isExtended: true)
                : RelationList(.stream, of: snapshot)
        case .tables:
            return show.isExtended
                ? SourceDescriptionList(.table, of: snapshot, isExtended: true)
                : RelationList(.table, of: snapshot)
        case .queries:
            return show.isExtended
                ? QueryDescriptionList(of: snapshot, address: context.address) : QueryList(of: snapshot)
        case .topics: return TopicList(of: snapshot, isExtended: show.isExtended)
        case .functions: return FunctionList()
        case .types: return TypeList(of: snapshot)
        case .variables: return VariableList(variables: variables)
        case .properties: return properties(snapshot)
        case .connectors(let direction): return ConnectorList(direction, of: snapshot)
        case .connectorPlugins:
            return ConnectorPluginList(
                classes: SinkFactory.known + [ConnectClass.jdbcSinkName],
                version: context.configuration.version)
        }
    }

    private func properties(_ snapshot: EngineSnapshot) -> PropertyList {
        var settings: [String: String] = [:]
        for name in SettingName.allCases { settings[name.rawValue] = "" }
        settings.merge(snapshot.properties) { $1 }
        var server = context.configuration.properties
        server["ksql.service.id"] = context.engine.configuration.serviceID
        return PropertyList(settings: settings, server: server, session: session.properties)
    }

    private func description(_ describe: Describe, _ statement: Statement) throws(Diagnostic) -> any Entity {
        let snapshot = context.engine.snapshot
        switch describe {
        case .source(let name, let isExtended):
            let relation = try snapshot.plan.catalogue.relation(named: name, in: statement)
            return SourceDescription(relation, of: snapshot, isExtended: isExtended)
        case .streams(let isExtended):
            return SourceDescriptionList(.stream, of: snapshot, isExtended: isExtended)
        case .tables(let isExtended):
            return SourceDescriptionList(.table, of: snapshot, isExtended: isExtended)
        case .function(let name):
            if let description = FunctionDescription(name.text) { return description }
            throw unknown(
                .unknownFunction, "function", name, among: FunctionKind.allCases.flatMap(\.names), statement)
        case .connector(let name):
            let sinks = snapshot.plan.sinks
            if let sink = sinks.first(where: { $0.connector == name.text }) {
                return ConnectorDescription(sink, of: snapshot, address: context.address)
            }
            throw unknown(.unknownConnector, "connector", name, among: sinks.map(\.connector), statement)
        }
    }

    private func explanation(_ explain: Explain, _ statement: Statement) throws(Diagnostic) -> any Entity {
        let snapshot = context.engine.snapshot
        switch explain {
        case .query(let id):
            let queries = snapshot.plan.queries
            let query = queries.last { $0.id == id.text || $0.output.name == id.text }
            if let query { return QueryDescription(query, of: snapshot, address: context.address) }
            throw PipelinePlanner.unknownQuery(id, among: queries, statement)
        case .statement(let inner):
            let text = StatementText.shown(inner.text)
            var plan = snapshot.plan
            plan.settings = Engine.settings(context.engine.effective(session))
            if case .query(let query) = inner.kind {
                let (answer, maker) = try PipelinePlanner.answer(to: query, in: inner, over: plan)
                return QueryDescription(answer, madeBy: maker, text: text, of: snapshot)
            }
            guard let query = try PipelinePlanner.query(of: inner, over: plan) else {
                throw Diagnostic(
                    .invalidStatement, "the statement starts no query, so there is nothing to explain",
                    at: statement.location(of: inner.span), expected: "a query's id, or a SELECT")
            }
            return QueryDescription(planned: query, text: text, of: snapshot)
        }
    }

    private func unknown(
        _ code: DiagnosticCode, _ what: String, _ name: Identifier, among known: [String],
        _ statement: Statement
    ) -> Diagnostic {
        let suggestion = NearestName.suggestion(for: name.text, among: known)
        return Diagnostic(
            code, "there is no \(what) \(name.text)", at: statement.location(of: name.span),
            hint: suggestion.map { "did you mean \($0)?" })
    }
}

extension RESTContext {
    /// Ends a push query and its answer; false when there is none of that id.
    func endPush(_ id: String) -> Bool {
        // The answer first: to the engine's end it would say that its limit is reached.
        let answer = answers.remove(id)
        answer?.terminate()
        return engine.endPushQuery(id) || answer != nil
    }
}
