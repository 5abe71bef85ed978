import Diagnostics
import Language
import Registry

/// Plans the statements of a pipeline, one after another.
///
/// Knows nothing of files or connections: connectors check their own properties when they are made.
public struct PipelinePlanner: Sendable {
    public internal(set) var plan = PipelinePlan()
    /// Answers of statements that ask, such as EXPLAIN, in order.
    public internal(set) var answers: [String] = []
    var queryNumber = 0
    private var openRegistry: RegistryOpener?
    /// Where schemas are while no setting names another registry.
    private var ownRegistry: any SchemaDirectory

    /// Gives the registry that settings name, such as `schema.registry.url`; nil where they name none.
    public typealias RegistryOpener =
        @Sendable ([String: String]) throws(Diagnostic) -> (any SchemaDirectory)?

    /// - Parameters:
    ///   - registry: where columns of formats with schemas come from, and schemas go.
    ///   - openRegistry: lets SET name another one; without it such settings mean nothing.
    public init(
        registry: any SchemaDirectory = SchemaRegistry(), openRegistry: RegistryOpener? = nil
    ) {
        self.openRegistry = openRegistry
        ownRegistry = registry
        plan.registry = registry
    }

    /// Adds the rules of a rules file about relations that are there.
    public mutating func addRules(
        _ text: String, file: String, variables: inout Variables
    ) throws(Diagnostic) {
        try RuleFileReader.add(text, file: file, variables: &variables, to: &plan)
    }

    /// Has the statements that follow see these settings.
    public mutating func use(_ settings: Settings) { plan.settings = settings }

    /// Has the statements that follow find schemas in another registry.
    public mutating func use(_ registry: any SchemaDirectory) {
        ownRegistry = registry
        plan.registry = registry
    }

    /// Has ids of queries go on with this number.
    public mutating func numberQueries(from number: Int) { queryNumber = number - 1 }

    /// A planner of the same statements whose schemas nobody else sees: to try statements out.
    public func copy() throws(Diagnostic) -> PipelinePlanner {
        var other = self
        other.openRegistry = nil
        other.plan.registry = try plan.registry.trial()
        return other
    }

    public mutating func add(_ statement: Statement) throws(Diagnostic) {
        switch statement.kind {
        case .createSource(let create): try add(create, statement)
        case .createSourceAsSelect(let create): try add(create, statement)
        case .createConnector(let create): try add(create, statement)
        case .createType(let create): try add(create, statement)
        case .insertInto(let insert): try add(insert, statement)
        case .drop(let drop): try take(drop, statement)
        case .alterSource(let alter): try take(alter, statement)
        case .queryControl(let control): try take(control, statement)
        case .set(let setting):
            try check(setting.name, statement)
            plan.settings.set(setting.name, to: setting.value)
            try openRegistry(for: setting.name, statement)
        case .unset(let name):
            plan.settings.unset(name.text)
            try openRegistry(for: name.text, statement)
        case .define, .undefine: break
        case .explain(let explain): try answer(explain, statement)
        case .show(let show): answers.append(try listing(of: show, statement).text)
        case .describe(let describe): answers.append(try listing(of: describe, statement).text)
        case .assert(let assertion): try check(assertion, statement)
        case .insertValues, .query, .alterSystem, .print, .runScript:
            throw misplaced(statement)
        }
    }

    private mutating func openRegistry(for name: String, _ statement: Statement) throws(Diagnostic) {
        guard let openRegistry, name.lowercased().contains("schema.registry.") else { return }
        do throws(Diagnostic) {
            plan.registry = try openRegistry(plan.settings.all) ?? ownRegistry
        } catch {
            var error = error
            error.location = statement.location(of: statement.span)
            throw error
        }
    }

    static let registryProperty = "schema.registry.url"

    /// A WITH clause may name the registry. A pipeline has one: the ids of its records' schemas are of it.
    mutating func openRegistry(
        of properties: ConnectorProperties, _ statement: Statement
    ) throws(Diagnostic) {
        guard openRegistry != nil, let url = properties.text(Self.registryProperty) else { return }
        let place = properties.location(of: Self.registryProperty)
        if let named = plan.settings.all[Self.registryProperty] {
            if named == url { return }
            throw Diagnostic(
                .invalidValue, "a pipeline has one registry of schemas, and another is named above",
                at: place, hint: "name the same one, or remove the property")
        }
        let earlier = plan.catalogue.order.first { name in
            let topic = plan.catalogue.relation(name)?.topic
            return topic?.keyFormat.hasSchemas == true || topic?.valueFormat.hasSchemas == true
        }
        if let earlier {
            throw Diagnostic(
                .invalidStatement, "the schemas of \(earlier) are in another registry already", at: place,
                hint: "SET '\(Self.registryProperty)' = '…' above all statements")
        }
        plan.settings.set(Self.registryProperty, to: url)
        try openRegistry(for: Self.registryProperty, statement)
    }

    /// What a pipeline's script can't do, with the place that can.
    private func misplaced(_ statement: Statement) -> Diagnostic {
        let (what, hint) =
            switch statement.kind {
            case .insertValues:
                ("INSERT INTO … VALUES", "put the row into the source's file; `millrace test` takes rows so")
            case .query: ("a SELECT of its own", "give its result a name: CREATE STREAM name AS SELECT …")
            case .print: ("PRINT", "`millrace inspect events` shows records of files")
            case .runScript:
                ("RUN SCRIPT", "it stands in scripts that `millrace run` reads")
            default: ("ALTER SYSTEM", "write SET 'name' = 'value' above the statements that it is for")
            }
        return Diagnostic(
            .unsupported, "a pipeline's script does not hold \(what)",
            at: statement.location(of: statement.span), hint: hint)
    }

    private mutating func answer(_ explain: Explain, _ statement: Statement) throws(Diagnostic) {
        switch explain {
        case .query(let id): answers.append(try query(id, statement).explanation)
        case .statement(let inner):
            if let query = try explained(inner) { answers.append(query.explanation) }
        }
    }

    /// The query that a statement would start; nil for one that starts none.
    private func explained(_ inner: Statement) throws(Diagnostic) -> QueryPlan? {
        // What is explained is not done.
        var other = try copy()
        if case .query(let query) = inner.kind { return try other.plan(query, inner) }
        try other.add(inner)
        return other.queryNumber > queryNumber ? other.plan.queries.last : nil
    }

    /// The query that a statement would start over what a plan has; nil for one that starts none.
    public static func query(of inner: Statement, over plan: PipelinePlan) throws(Diagnostic) -> QueryPlan? {
        var planner = PipelinePlanner()
        planner.plan = plan
        planner.queryNumber = plan.queries.count
        return try planner.explained(inner)
    }

    /// What a SELECT of its own answers over what a plan has, and the query that would make its rows where
    /// it joins or groups what comes.
    public static func answer(
        to query: Query, in statement: Statement, over plan: PipelinePlan
    ) throws(Diagnostic) -> (answer: AnswerPlan, maker: QueryPlan?) {
        var planner = PipelinePlanner()
        planner.plan = plan
        planner = try planner.copy()
        let answer = try planner.answer(query, in: statement, hidden: "ANSWER")
        let isMade = planner.plan.queries.count > plan.queries.count
        return (answer, isMade ? planner.plan.queries.last : nil)
    }

    /// Refuses what is most likely a slip; scripts for ksqlDB set many names that have no meaning here.
    private func check(_ setting: String, _ statement: Statement) throws(Diagnostic) {
        let names = SettingName.allCases.map(\.rawValue)
        guard !names.contains(setting.lowercased()),
            let suggestion = NearestName.suggestion(for: setting, among: names)
        else { return }
        throw Diagnostic(
            .unknownProperty, "there is no setting '\(setting)'", at: statement.location(of: statement.span),
            hint: "did you mean '\(suggestion)'?")
    }

    /// A SELECT of its own, as if it made a stream or table.
    private func plan(_ query: Query, _ statement: Statement) throws(Diagnostic) -> QueryPlan {
        let analyzer = QueryAnalyzer(
            catalogue: plan.catalogue, statement: statement, settings: plan.settings,
            registry: plan.registry)
        let isOfTable = plan.catalogue.relation(query.from.name.text)?.kind == .table
        let target = QueryAnalyzer.Target(
            name: "ANSWER", kind: query.groupBy != nil || isOfTable ? .table : .stream,
            properties: ConnectorProperties([], of: statement, owner: "the query"), place: statement.span)
        return try analyzer.plan(query, id: "SELECT", into: target)
    }

    /// The query of that id, or the one that makes the stream or table of that name.
    public func query(named id: Identifier, in statement: Statement) throws(Diagnostic) -> QueryPlan {
        try query(id, statement)
    }

    func query(_ id: Identifier, _ statement: Statement) throws(Diagnostic) -> QueryPlan {
        if let query = plan.queries.last(where: { $0.id == id.text || $0.output.name == id.text }) {
            return query
        }
        throw Self.unknownQuery(id, among: plan.queries, statement)
    }

    /// What a statement is refused with that names no query: the ids that there are, and the nearest id or
    /// name of what a query makes.
    public static func unknownQuery(
        _ id: Identifier, among queries: [QueryPlan], _ statement: Statement
    ) -> Diagnostic {
        let ids = queries.map(\.id)
        let suggestion = NearestName.suggestion(for: id.text, among: queries.map(\.output.name) + ids)
        let more = ids.count > 20 ? ", …" : ""
        return Diagnostic(
            .unknownQuery, "there is no query \(id.text)", at: statement.location(of: id.span),
            expected: ids.isEmpty ? nil : "one of " + ids.prefix(20).joined(separator: ", ") + more,
            hint: suggestion.map { "did you mean \($0)?" })
    }
}
