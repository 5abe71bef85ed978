import Columnar
import Diagnostics
import Expressions
import Language

/// Turns a SELECT of its own over one stream or table into a plan: a push query, or a pull query with no more
/// than ksqlDB's.
struct AnswerAnalyzer {
    typealias Typed = Expressions.Expression

    let catalogue: Catalogue
    let statement: Statement
    let settings: Settings

    func plan(_ query: Query) throws(Diagnostic) -> AnswerPlan {
        let isPush = query.emission != nil
        if !isPush, settings[.pullsLikeKsqlDB]?.lowercased() != "true" {
            return try PullAnalyzer(catalogue: catalogue, statement: statement, settings: settings).plan(
                query)
        }
        let source = try catalogue.relation(named: query.from.name, in: statement)
        try refuseClauses(query)
        if !isPush {
            try checkPull(query, source)
        }
        let scope = Scope(relation: source, qualifier: (query.from.alias ?? query.from.name).text)
        let types = TypeTranslator(catalogue: catalogue, statement: statement)
        let translator = ExpressionTranslator(scope: scope, types: types)
        let filter = try query.condition.map { condition throws(Diagnostic) in
            try translator.condition(condition, clause: "WHERE")
        }
        if !isPush, source.kind == .table {
            if let condition = query.condition { try checkKeyTypes(condition, source, translator) }
            try TableScanCheck(source: source, statement: statement, settings: settings)
                .check(query.condition)
        }
        var columns: [AnswerPlan.Column] = []
        var expressions: [Typed] = []
        var names = ColumnNames(scope: scope)
        let keys = isPush ? [] : Self.keys(of: scope.sources[0], source)
        func append(_ name: String, _ expression: Typed, _ span: SourceSpan) throws(Diagnostic) {
            if columns.contains(where: { $0.name == name }) {
                throw Diagnostic(
                    .duplicateColumn, "the SELECT list has two columns \(name)",
                    at: statement.location(of: span), hint: "give one another name: … AS name")
            }
            columns.append(
                AnswerPlan.Column(name: name, type: expression.type, isKey: keys.contains(expression)))
            expressions.append(expression)
        }
        for item in query.select {
            switch item.kind {
            case .allColumns(let qualifier):
                _ = try scope.named(qualifier, in: statement)
                for binding in Self.all(scope.sources[0]) {
                    try append(binding.name, binding.column, item.span)
                }
            case .allFields(let structure):
                for field in try translator.fields(of: structure, in: item) {
                    try append(field.name, field.value, item.span)
                }
            case .expression(let syntax, let alias):
                let typed = try translator.translate(syntax)
                try append(alias?.text ?? names.name(of: syntax), typed, item.span)
            }
        }
        if !isPush { try refuseUnheld(source, query) }
        return AnswerPlan(
            source: source, isPush: isPush, filter: filter, columns: columns, expressions: expressions,
            limit: query.limit, sources: [source])
    }

    /// What makes one row of several, or of several sources, is no answer from one relation.
    private func refuseClauses(_ query: Query) throws(Diagnostic) {
        let kind = query.emission == nil ? "pull" : "push"
        func refuse(_ what: String, _ span: SourceSpan?) throws(Diagnostic) {
            if query.emission == nil {
                let name = SettingName.pullsLikeKsqlDB.rawValue
                throw Diagnostic(
                    .invalidStatement, "as ksqlDB has them, pull queries have no \(what)",
                    at: statement.location(of: span ?? query.span),
                    hint:
                        "UNSET '\(name)', or make a table with CREATE TABLE … AS SELECT, and select from that"
                )
            }
            throw Diagnostic(
                .unsupported, "this version has no \(kind) queries with \(what)",
                at: statement.location(of: span ?? query.span),
                hint: "make a table with CREATE TABLE … AS SELECT, and select from that")
        }
        if query.emission == nil, let window = query.window {
            throw Diagnostic(
                .invalidStatement, "a pull query reads windows and makes none",
                at: statement.location(of: window.span), hint: "remove WINDOW")
        }
        if let join = query.joins.first { try refuse("joins", join.span) }
        if let grouping = query.groupBy { try refuse("GROUP BY", grouping.span) }
        if let having = query.having { try refuse("HAVING", having.span) }
        if let partition = query.partitionBy { try refuse("PARTITION BY", partition.span) }
        if let deduplication = query.deduplication { try refuse("DEDUPLICATE BY", deduplication.span) }
        if let key = query.orderBy.first { try refuse("ORDER BY", key.expression.span) }
        for item in query.select {
            guard case .expression(let syntax, _) = item.kind else { continue }
            if Self.contains(syntax, where: { AggregateFunctions.isAggregate($0) }) {
                try refuse("aggregate functions", item.span)
            }
            if TableFunctionAnalyzer.call(in: syntax) != nil { try refuse("table functions", item.span) }
        }
    }

    private static func contains(
        _ syntax: Language.Expression, where matches: (String) -> Bool
    ) -> Bool {
        if case .call(let name, _) = syntax.kind, matches(name.text) { return true }
        return syntax.kind.operands.contains { contains($0, where: matches) }
    }

    private func checkPull(_ query: Query, _ source: Relation) throws(Diagnostic) {
        if let limit = query.limit, settings.text("ksql.query.pull.limit.clause.enabled") == "false" {
            throw Diagnostic(
                .invalidStatement, "LIMIT \(limit) of a pull query is disabled",
                at: statement.location(of: query.span),
                hint: "SET 'ksql.query.pull.limit.clause.enabled' = 'true'")
        }
        for item in query.select {
            guard case .expression(let syntax, _) = item.kind else { continue }
            try refusePlaces(syntax, clause: "SELECT list")
        }
        if let condition = query.condition { try refusePlaces(condition, clause: "WHERE clause") }
    }

    private func refuseUnheld(_ source: Relation, _ query: Query) throws(Diagnostic) {
        guard source.kind == .table, source.source != nil, !source.isReadOnly else { return }
        throw Diagnostic(
            .invalidStatement,
            "as ksqlDB has it, the table \(source.name) is not held anywhere to be asked",
            at: statement.location(of: query.from.name.span),
            hint: "CREATE SOURCE TABLE, or CREATE TABLE … AS SELECT * FROM \(source.name), and ask that")
    }

    /// A row that is held does not know which record it came from.
    private func refusePlaces(_ syntax: Language.Expression, clause: String) throws(Diagnostic) {
        if case .column(_, let name) = syntax.kind,
            let pseudo = PseudoColumn(name: name.text), pseudo != .rowTime, !pseudo.isWindowBound
        {
            throw Diagnostic(
                .invalidStatement, "\(name.text) can't stand in the \(clause) of a pull query",
                at: statement.location(of: syntax.span), hint: "add EMIT CHANGES to see records as they come")
        }
        for operand in syntax.kind.operands { try refusePlaces(operand, clause: clause) }
    }

    /// Refuses values that no key of the table can have, rather than find nothing.
    private func checkKeyTypes(
        _ condition: Language.Expression, _ source: Relation, _ translator: ExpressionTranslator
    ) throws(Diagnostic) {
        guard case .inList(let operand, let list, _) = condition.kind,
            case .column(_, let name) = operand.kind,
            let key = source.keys.first(where: { $0.name == name.text })
        else {
            for operand in condition.kind.operands { try checkKeyTypes(operand, source, translator) }
            return
        }
        for value in list {
            let typed = try translator.translate(value)
            let place = statement.location(of: value.span)
            if typed.isUntypedNull {
                throw Diagnostic(
                    .typeMismatch, "NULL is compared with the key \(key.name), which is never NULL", at: place
                )
            }
            if (typed.type == .string) != (key.type == .string) {
                throw Diagnostic(
                    .typeMismatch, "\(typed.type.sql) is compared with the key \(key.name)", at: place,
                    expected: key.type.sql)
            }
        }
    }

    /// Keys, their window, values.
    static func all(_ source: Scope.Source) -> [Scope.Binding] {
        let bounds = source.pseudoColumns.filter { PseudoColumn(name: $0.name)?.isWindowBound ?? false }
        return source.columns[..<source.keyCount] + bounds + source.columns[source.keyCount...]
    }

    /// What tells the rows of a table apart, its windows included.
    static func keys(of source: Scope.Source, _ relation: Relation) -> Set<Typed> {
        guard relation.kind == .table else { return [] }
        let bounds = source.pseudoColumns.filter { PseudoColumn(name: $0.name)?.isWindowBound ?? false }
        return Set((source.columns[..<source.keyCount] + bounds).map(\.column))
    }
}

extension PipelinePlanner {
    /// Plans a SELECT of its own.
    ///
    /// A push query that joins or groups is a query of the pipeline first, under the name `hidden`, and its
    /// answer is what that one makes; for all others nothing of the pipeline changes.
    public mutating func answer(
        _ query: Query, in statement: Statement, hidden: String
    ) throws(Diagnostic) -> AnswerPlan {
        guard query.emission != nil, let rewriting = try PushRewriting(query, statement, plan, hidden) else {
            return try AnswerAnalyzer(
                catalogue: plan.catalogue, statement: statement, settings: plan.settings
            ).plan(query)
        }
        try add(rewriting.create)
        guard let made = plan.catalogue.relation(hidden) else { preconditionFailure("it was just made") }
        var columns: [AnswerPlan.Column] = []
        var expressions: [Expressions.Expression] = []
        for (hiddenName, name) in rewriting.shown {
            guard let position = made.columns.firstIndex(where: { $0.name == hiddenName }) else { continue }
            let type = made.columns[position].type
            columns.append(AnswerPlan.Column(name: name, type: type, isKey: false))
            expressions.append(.column(position, type))
        }
        return AnswerPlan(
            source: made, isPush: true, filter: nil, columns: columns, expressions: expressions,
            limit: query.limit)
    }
}
