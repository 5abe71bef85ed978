import Diagnostics
import Expressions
import Language

/// Statements that make relations and types, and that write into streams.
extension PipelinePlanner {
    /// Whether the name is free for this statement; false when IF NOT EXISTS makes the statement do nothing.
    ///
    /// - Parameter replacement: what OR REPLACE puts in the place of a relation of that name.
    private func isFree(
        _ name: Identifier, for replacement: Relation.Kind?, ifNotExists: Bool, _ statement: Statement
    ) throws(Diagnostic) -> Bool {
        guard let existing = plan.catalogue.relation(name.text) else { return true }
        if ifNotExists { return false }
        let place = statement.location(of: name.span)
        guard let replacement else {
            throw Diagnostic(
                .duplicateSource, "a \(existing.kind.rawValue.lowercased()) \(name.text) exists already",
                at: place, hint: "choose another name, or CREATE OR REPLACE")
        }
        if existing.isReadOnly {
            throw Diagnostic(
                .invalidStatement,
                "CREATE OR REPLACE can't take the place of a SOURCE \(existing.kind.rawValue)", at: place,
                hint: "DROP it first")
        }
        if existing.kind != replacement {
            throw Diagnostic(
                .duplicateSource, "\(name.text) is a \(existing.kind.rawValue.lowercased()) already",
                at: place, expected: "CREATE OR REPLACE \(existing.kind.rawValue)",
                hint: "choose another name, or DROP it first")
        }
        return true
    }

    private static let replacing = "CREATE OR REPLACE with other columns"

    /// Puts a relation in the place of one that may be there. Queries that read or write that go on as they
    /// were: it may only get more columns.
    mutating func define(
        _ relation: Relation, at name: Identifier, by verb: String, _ statement: Statement
    ) throws(Diagnostic) {
        if let existing = plan.catalogue.relation(relation.name) {
            if let widening = RelationWidening(from: existing, to: relation) {
                try widen(widening, at: name, statement)
            } else {
                if plan.settings[.refusesLikeKsqlDB]?.lowercased() == "true" {
                    throw Diagnostic(
                        .schemaMismatch,
                        "as ksqlDB has it, columns of \(relation.name) are not as they were: "
                            + "others may only come behind them",
                        at: statement.location(of: name.span),
                        hint: "UNSET '\(SettingName.refusesLikeKsqlDB.rawValue)', or DROP it first")
                }
                try refuseUse(of: existing, by: verb, name, statement)
            }
        }
        plan.catalogue.define(relation)
    }

    private mutating func widen(
        _ widening: RelationWidening, at name: Identifier, _ statement: Statement
    ) throws(Diagnostic) {
        do throws(TypeError) {
            for index in plan.queries.indices {
                plan.queries[index] = try widening.applied(to: plan.queries[index])
            }
        } catch {
            throw Diagnostic(.typeMismatch, error.message, at: statement.location(of: name.span))
        }
        for index in plan.sinks.indices where plan.sinks[index].from.name == widening.wide.name {
            plan.sinks[index] = plan.sinks[index].taking(widening.wide)
        }
    }

    mutating func add(_ create: CreateSource, _ statement: Statement) throws(Diagnostic) {
        let replacement: Relation.Kind? = create.orReplace ? create.kind.relation : nil
        guard try isFree(create.name, for: replacement, ifNotExists: create.ifNotExists, statement) else {
            return
        }
        let owner = "the \(create.kind == .stream ? "stream" : "table") \(create.name.text)"
        let properties = ConnectorProperties(create.properties, of: statement, owner: owner)
        try openRegistry(of: properties, statement)
        let analyzer = SourceAnalyzer(
            catalogue: plan.catalogue, statement: statement, settings: plan.settings,
            registry: plan.registry)
        let relation = try analyzer.relation(create)
        try define(relation, at: create.name, by: Self.replacing, statement)
        plan.queries.removeAll { $0.output.name == relation.name && $0.insertion == nil }
    }

    mutating func add(_ create: CreateSourceAsSelect, _ statement: Statement) throws(Diagnostic) {
        let replacement: Relation.Kind? = create.orReplace ? create.kind.relation : nil
        guard try isFree(create.name, for: replacement, ifNotExists: create.ifNotExists, statement) else {
            return
        }
        queryNumber += 1
        let what = create.kind == .stream ? "CSAS" : "CTAS"
        let owner = "the \(create.kind.rawValue.lowercased()) \(create.name.text)"
        let properties = ConnectorProperties(create.properties, of: statement, owner: owner)
        try openRegistry(of: properties, statement)
        let analyzer = QueryAnalyzer(
            catalogue: plan.catalogue, statement: statement, settings: plan.settings,
            registry: plan.registry)
        let target = QueryAnalyzer.Target(
            name: create.name.text, kind: create.kind == .stream ? .stream : .table,
            properties: properties, place: create.name.span)
        // What takes a query's place keeps its id.
        let former = plan.queries.first { $0.output.name == create.name.text && $0.insertion == nil }
        let query = try analyzer.plan(
            create.query, id: former?.id ?? "\(what)_\(create.name.text)_\(queryNumber)", into: target)
        try define(query.output, at: create.name, by: Self.replacing, statement)
        plan.queries.removeAll { $0.output.name == create.name.text && $0.insertion == nil }
        plan.queries.append(query)
    }

    mutating func add(_ create: CreateType, _ statement: Statement) throws(Diagnostic) {
        if plan.catalogue.types[create.name.text] != nil {
            if create.ifNotExists { return }
            throw Diagnostic(
                .duplicateSource, "a type \(create.name.text) exists already",
                at: statement.location(of: create.name.span), hint: "choose another name, or DROP TYPE first")
        }
        let translator = TypeTranslator(catalogue: plan.catalogue, statement: statement)
        plan.catalogue.types[create.name.text] = try translator.type(create.type)
    }

    mutating func add(_ insert: InsertInto, _ statement: Statement) throws(Diagnostic) {
        let target = try insertTarget(insert, statement)
        let properties = ConnectorProperties(
            insert.properties, of: statement, owner: "the INSERT INTO \(target.name)")
        try properties.refuseUnknown(known: InsertAnalyzer.known)
        queryNumber += 1
        let id = properties.text("query_id")?.uppercased() ?? "INSERTQUERY_\(queryNumber)"
        if plan.queries.contains(where: { $0.id == id }) {
            throw properties.invalid("query_id", id, expected: "an id that no other query has")
        }
        let analyzer = QueryAnalyzer(
            catalogue: plan.catalogue, statement: statement, settings: plan.settings, registry: plan.registry)
        let before = plan.queries.filter { $0.output.name == target.name }.compactMap(\.insertion).max() ?? 0
        let existing = InsertAnalyzer(
            statement: statement, target: target, time: timeColumn(of: target), number: before + 1)
        let query = try analyzer.plan(
            insert.query, id: id,
            into: QueryAnalyzer.Target(
                name: target.name, kind: .stream, properties: properties, place: insert.target.span,
                existing: existing))
        let fed = plan.relations(below: target.name)
        if let source = query.sources.first(where: { fed.contains($0.name) }) {
            throw Diagnostic(
                .invalidStatement, "\(target.name) would be written from itself, by way of \(source.name)",
                at: statement.location(of: insert.target.span),
                hint: "insert into another stream, or read what stands before \(target.name)")
        }
        plan.queries.append(query)
    }

    private func insertTarget(
        _ insert: InsertInto, _ statement: Statement
    ) throws(Diagnostic) -> Relation {
        let target = try plan.catalogue.relation(named: insert.target, in: statement)
        let place = statement.location(of: insert.target.span)
        if target.kind == .table {
            throw Diagnostic(
                .invalidStatement, "INSERT INTO … SELECT writes streams, and \(target.name) is a table",
                at: place, expected: "a stream", hint: "CREATE TABLE … AS SELECT makes a table")
        }
        if target.isReadOnly {
            throw Diagnostic(
                .invalidStatement, "\(target.name) is a SOURCE STREAM, which is only read", at: place,
                hint: "create it without SOURCE, or insert into another stream")
        }
        if let column = target.source?.headerColumns.keys.min() {
            throw Diagnostic(
                .invalidStatement, "\(target.name) has the header column \(column), which can't be written",
                at: place, hint: "insert into a stream without HEADERS columns")
        }
        return target
    }

    /// The column that holds the time of a stream's records, as the statement that made it says.
    private func timeColumn(of relation: Relation) -> TimeColumn? {
        guard let source = relation.source else {
            return plan.queries.first { $0.output.name == relation.name && $0.insertion == nil }?.outputTime
        }
        guard let name = source.timestampColumn,
            let position = relation.columns.firstIndex(where: { $0.name == name })
        else { return nil }
        return TimeColumn(name: name, position: position, format: source.timestampFormat)
    }
}

extension SourceKind {
    public var relation: Relation.Kind { self == .stream ? .stream : .table }
}
