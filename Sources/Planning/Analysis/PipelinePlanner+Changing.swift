import Columnar
import Diagnostics
import Language

/// Statements that change or take away what others have made, and those that check it.
extension PipelinePlanner {
    // MARK: DROP

    mutating func take(_ drop: Drop, _ statement: Statement) throws(Diagnostic) {
        let name = drop.name.text
        switch drop.kind {
        case .type:
            if plan.catalogue.types.removeValue(forKey: name) == nil, !drop.ifExists {
                throw unknown("type", drop.name, Array(plan.catalogue.types.keys), .unknownType, statement)
            }
        case .connector:
            let count = plan.sinks.count
            plan.sinks.removeAll { $0.connector == name }
            if plan.sinks.count == count, !drop.ifExists {
                throw unknown(
                    "connector", drop.name, plan.sinks.map(\.connector), .unknownConnector, statement)
            }
        case .stream, .table:
            if drop.ifExists, plan.catalogue.relation(name) == nil { return }
            try take(relation: drop, statement)
        }
    }

    private func unknown(
        _ what: String, _ name: Identifier, _ known: [String], _ code: DiagnosticCode, _ statement: Statement
    ) -> Diagnostic {
        let suggestion = NearestName.suggestion(for: name.text, among: known)
        return Diagnostic(
            code, "there is no \(what) \(name.text)", at: statement.location(of: name.span),
            hint: suggestion.map { "did you mean \($0)?" } ?? "DROP … IF EXISTS passes over what is not there"
        )
    }

    private mutating func take(relation drop: Drop, _ statement: Statement) throws(Diagnostic) {
        let kind: Relation.Kind = drop.kind == .stream ? .stream : .table
        let relation = try relation(drop.name, of: kind, verb: "DROP", statement)
        if drop.deleteTopic, relation.isReadOnly {
            throw Diagnostic(
                .invalidStatement,
                "\(relation.name) is a SOURCE \(kind.rawValue), whose topic is only read: it is not deleted",
                at: statement.location(of: drop.name.span), hint: "leave out DELETE TOPIC")
        }
        try refuseUse(of: relation, by: "DROP", drop.name, statement)
        plan.queries.removeAll { $0.output.name == relation.name }
        plan.catalogue.remove(relation.name)
        guard drop.deleteTopic, let topic = relation.topic else { return }
        for part in ["key", "value"] { try plan.registry.remove("\(topic.name)-\(part)") }
    }

    /// The relation of that name, which must be of the kind that the statement names.
    private func relation(
        _ name: Identifier, of kind: Relation.Kind, verb: String, _ statement: Statement
    ) throws(Diagnostic) -> Relation {
        let relation = try plan.catalogue.relation(named: name, in: statement)
        guard relation.kind == kind else {
            throw Diagnostic(
                .invalidStatement, "\(name.text) is a \(relation.kind.rawValue.lowercased())",
                at: statement.location(of: name.span), expected: "\(verb) \(relation.kind.rawValue)")
        }
        return relation
    }

    /// Refuses to take away or change a relation that something else reads or writes.
    func refuseUse(
        of relation: Relation, by verb: String, _ name: Identifier, _ statement: Statement
    ) throws(Diagnostic) {
        let readers = plan.queries.filter { query in
            query.sources.contains { $0.name == relation.name } && query.output.name != relation.name
        }
        let writers = plan.queries.filter { $0.output.name == relation.name && $0.insertion != nil }
        var uses = readers.map { "the query \($0.id) reads it" }
        uses += writers.map { "the query \($0.id) writes into it" }
        uses += plan.sinks.filter { $0.from.name == relation.name }.map {
            "the connector \($0.name) takes it"
        }
        if plan.quality?.rules(of: relation.name).isEmpty == false { uses.append("quality rules look at it") }
        guard !uses.isEmpty else { return }
        throw Diagnostic(
            .invalidStatement,
            "\(verb) of \(relation.name), which is in use: " + uses.joined(separator: ", "),
            at: statement.location(of: name.span),
            hint: (readers + writers).first.map { "first TERMINATE \($0.id)" } ?? "first drop what uses it")
    }

    // MARK: ALTER

    mutating func take(_ alter: AlterSource, _ statement: Statement) throws(Diagnostic) {
        let relation = try relation(alter.name, of: alter.kind.relation, verb: "ALTER", statement)
        let place = statement.location(of: alter.name.span)
        guard let source = relation.source else {
            throw Diagnostic(
                .invalidStatement, "\(relation.name) is made by a query, so ALTER can't add columns to it",
                at: place, hint: "select the columns: CREATE OR REPLACE \(relation.kind.rawValue) … AS SELECT"
            )
        }
        if source.isReadOnly {
            throw Diagnostic(
                .invalidStatement, "ALTER of \(relation.name), which is a SOURCE \(relation.kind.rawValue)",
                at: place, hint: "DROP it, and CREATE it with the columns")
        }
        let analyzer = SourceAnalyzer(
            catalogue: plan.catalogue, statement: statement, settings: plan.settings, registry: plan.registry)
        var altered = try analyzer.relation(relation, source, adding: alter.additions)
        let schemas = SchemaAnalyzer(
            registry: plan.registry,
            properties: ConnectorProperties([], of: statement, owner: relation.name), statement: statement)
        let added = altered.recordValues.suffix(alter.additions.count)
        try schemas.registerAdded(Array(added), to: &altered, source)
        try define(altered, at: alter.name, by: "ALTER", statement)
    }

    // MARK: Queries

    mutating func take(_ control: QueryControl, _ statement: Statement) throws(Diagnostic) {
        guard control.action == .terminate else {
            throw Diagnostic(
                .unsupported, "a pipeline's script does not hold \(control.action.rawValue)",
                at: statement.location(of: statement.span),
                hint: "its queries run as long as it does; TERMINATE takes one out of it")
        }
        guard let id = control.query else {
            plan.queries.removeAll()
            return
        }
        let query = try query(id, statement)
        plan.queries.removeAll { $0.id == query.id }
    }

    // MARK: ASSERT

    func check(_ assertion: Assert, _ statement: Statement) throws(Diagnostic) {
        switch assertion {
        case .topic(let name, _, let exists, _):
            let topics = plan.catalogue.order.compactMap { plan.catalogue.relation($0)?.topic?.name }
            // A topic's name is written as an identifier, and is not one.
            let found = topics.contains { $0 == name.text || !name.isQuoted && $0.uppercased() == name.text }
            try check(found, "a topic \(name.text)", exists, statement)
        case .schema(let subject, let id, let exists, _):
            var found = id == nil
            if let id { found = try plan.registry.schema(id: Int32(clamping: id)) != nil }
            if let subject {
                let ids = try plan.registry.schemaIDs(of: subject.text)
                found = ids.contains { id == nil || Int($0) == id }
            }
            let name = [subject.map { "of \($0.text)" }, id.map { "with the id \($0)" }].compactMap { $0 }
            try check(found, "a schema " + name.joined(separator: " "), exists, statement)
        case .values, .nullValues, .source:
            throw Diagnostic(
                .unsupported, "ASSERT of records and sources stands in tests",
                at: statement.location(of: statement.span), hint: "run the file with `millrace test`")
        }
    }

    private func check(
        _ found: Bool, _ what: String, _ exists: Bool, _ statement: Statement
    ) throws(Diagnostic) {
        guard found != exists else { return }
        throw Diagnostic(
            .notFound, exists ? "there is no \(what.dropFirst(2))" : "there is \(what)",
            at: statement.location(of: statement.span))
    }
}
