import Columnar
import Diagnostics
import Expressions
import Language

/// Turns a SELECT without EMIT into a plan: over what tables and streams hold when it is asked.
///
/// All sources are rows that are there, once: so tables and streams are joined alike, on any equality, and
/// every aggregate function folds either.
struct PullAnalyzer {
    typealias Syntax = Language.Expression
    typealias Typed = Expressions.Expression

    let catalogue: Catalogue
    let statement: Statement
    let settings: Settings

    /// The columns of the answer, and by what its rows are ordered.
    private struct Selection {
        var columns: [AnswerPlan.Column] = []
        var expressions: [Typed] = []
        var order: [AnswerPlan.SortKey] = []
    }

    func plan(_ query: Query) throws(Diagnostic) -> AnswerPlan {
        try refuseClauses(query)
        var sources: [Relation] = []
        for reference in [query.from] + query.joins.map(\.source) {
            sources.append(try catalogue.relation(named: reference.name, in: statement))
        }
        try refusePlaces(query, sources)
        let types = TypeTranslator(catalogue: catalogue, statement: statement)
        let input = try JoinAnalyzer(catalogue: catalogue, types: types, id: "SELECT", readsRows: true)
            .input(query, first: Self.rows(of: sources[0])) { reference throws(Diagnostic) in
                Self.rows(of: try catalogue.relation(named: reference.name, in: statement))
            }
        let translator = ExpressionTranslator(scope: input.scope, types: types)
        let filter = try query.condition.map { condition throws(Diagnostic) in
            try translator.condition(condition, clause: "WHERE")
        }
        let isAlone = sources.count == 1
        var lookups: [KeyLookup]?
        if isAlone, sources[0].kind == .table {
            try TableScanCheck(source: sources[0], statement: statement, settings: settings)
                .check(query.condition)
            lookups = KeyConditions(relation: sources[0]).lookups(filter)
        }
        let source = isAlone ? sources[0] : input.relation
        var plan: AnswerPlan
        if isGrouped(query) {
            plan = try grouped(query, input, source, filter, types)
        } else {
            let keys = isAlone ? AnswerAnalyzer.keys(of: input.scope.sources[0], sources[0]) : []
            let selection = try select(query, input.scope, translator, keys: keys)
            plan = AnswerPlan(
                source: source, isPush: false, filter: filter, columns: selection.columns,
                expressions: selection.expressions, limit: query.limit, order: selection.order)
        }
        plan.joins = input.joins
        plan.lookups = lookups
        plan.sources = sources
        return plan
    }

    /// A relation as rows that are there, however they came.
    private static func rows(of relation: Relation) -> Relation {
        Relation(
            name: relation.name, kind: .stream, columns: relation.columns, keyCount: relation.keyCount,
            windowing: relation.windowing, origin: relation.origin, topic: nil)
    }

    // MARK: What there is not

    private func refuseClauses(_ query: Query) throws(Diagnostic) {
        func refuse(_ what: String, _ span: SourceSpan, _ hint: String) throws(Diagnostic) {
            throw Diagnostic(
                .unsupported, "a pull query has no \(what)", at: statement.location(of: span), hint: hint)
        }
        if let window = query.window {
            throw Diagnostic(
                .invalidStatement, "a pull query reads windows and makes none",
                at: statement.location(of: window.span),
                hint: "remove WINDOW; group by a part of the time instead: ROWTIME / 60000")
        }
        if let clause = query.partitionBy {
            try refuse("PARTITION BY", clause.span, "remove it: the answer is one list")
        }
        if let clause = query.deduplication {
            try refuse("DEDUPLICATE BY", clause.span, "group by the columns that tell rows apart")
        }
        if let limit = query.limit, settings.text("ksql.query.pull.limit.clause.enabled") == "false" {
            throw Diagnostic(
                .invalidStatement, "LIMIT \(limit) of a pull query is disabled",
                at: statement.location(of: query.span),
                hint: "SET 'ksql.query.pull.limit.clause.enabled' = 'true'")
        }
        for item in query.select {
            guard case .expression(let syntax, _) = item.kind,
                let call = TableFunctionAnalyzer.call(in: syntax)
            else { continue }
            try refuse(
                "table functions, and \(statement.fragment(call.span)) is one", call.span,
                "make a stream with it, and select from that")
        }
    }

    /// A table's row does not know which record it came from.
    private func refusePlaces(_ query: Query, _ sources: [Relation]) throws(Diagnostic) {
        guard sources.contains(where: { $0.kind == .table }) else { return }
        func check(_ syntax: Syntax) throws(Diagnostic) {
            if case .column(_, let name) = syntax.kind,
                let pseudo = PseudoColumn(name: name.text), pseudo != .rowTime, !pseudo.isWindowBound
            {
                throw Diagnostic(
                    .invalidStatement, "\(name.text) is not known of the rows of a table",
                    at: statement.location(of: syntax.span),
                    hint: "add EMIT CHANGES to see records as they come")
            }
            for operand in syntax.kind.operands { try check(operand) }
        }
        for item in query.select {
            if case .expression(let syntax, _) = item.kind { try check(syntax) }
        }
        for syntax in [query.condition, query.having].compactMap({ $0 }) { try check(syntax) }
        for syntax in query.groupBy?.expressions ?? [] { try check(syntax) }
        for key in query.orderBy { try check(key.expression) }
    }

    // MARK: Groups

    private func isGrouped(_ query: Query) -> Bool {
        if query.groupBy != nil || query.having != nil { return true }
        let ordered = query.orderBy.map(\.expression)
        let selected = query.select.compactMap { item -> Syntax? in
            if case .expression(let syntax, _) = item.kind { syntax } else { nil }
        }
        return (selected + ordered).contains(where: aggregates)
    }

    private func aggregates(_ syntax: Syntax) -> Bool {
        if case .call(let name, _) = syntax.kind, AggregateFunctions.isAggregate(name.text) { return true }
        return syntax.kind.operands.contains(where: aggregates)
    }

    private func grouped(
        _ query: Query, _ input: QueryInput, _ source: Relation, _ filter: Typed?, _ types: TypeTranslator
    ) throws(Diagnostic) -> AnswerPlan {
        let analyzer = AggregationAnalyzer(
            statement: statement, input: input.relation, scope: input.scope, types: types,
            settings: settings)
        var selection = Selection()
        let aggregation = try analyzer.groups(query) { translator throws(Diagnostic) in
            selection = try select(query, input.scope, translator, keys: [])
            return selection.expressions + selection.order.map(\.expression)
        }
        // The projection makes the columns and behind them what they are ordered by.
        let made = aggregation.projection.enumerated().map { Typed.column($0, $1.type) }
        let count = selection.columns.count
        let order = zip(selection.order, made[count...]).map {
            AnswerPlan.SortKey(expression: $1, isDescending: $0.isDescending)
        }
        let output = Relation(
            name: "groups", kind: .table,
            columns: made.enumerated().map { RelationColumn("C\($0)", $1.type) }, keyCount: 0,
            origin: .query(id: "SELECT"))
        let groups = QueryPlan(
            id: "SELECT", input: input.relation, joins: [], filter: nil, deduplication: nil,
            shape: .aggregation(aggregation), output: output, outputTime: nil)
        return AnswerPlan(
            source: source, isPush: false, filter: filter, columns: selection.columns,
            expressions: Array(made[..<count]), limit: query.limit,
            grouping: AnswerPlan.Grouping(
                query: groups, aggregation: aggregation, isWhole: query.groupBy == nil),
            order: order)
    }

    // MARK: SELECT list and ORDER BY

    private func select(
        _ query: Query, _ scope: Scope, _ translator: ExpressionTranslator, keys: Set<Typed>
    ) throws(Diagnostic) -> Selection {
        var selection = Selection()
        var names = ColumnNames(scope: scope)
        func append(_ name: String, _ typed: Typed, _ item: SelectItem) throws(Diagnostic) {
            if selection.columns.contains(where: { $0.name == name }) {
                throw Diagnostic(
                    .duplicateColumn, "the SELECT list has two columns \(name)",
                    at: statement.location(of: item.span), hint: "give one another name: … AS name")
            }
            selection.columns.append(
                AnswerPlan.Column(name: name, type: typed.type, isKey: keys.contains(typed)))
            selection.expressions.append(typed)
        }
        for item in query.select {
            switch item.kind {
            case .allColumns(let qualifier):
                for source in try scope.named(qualifier, in: statement) {
                    for binding in AnswerAnalyzer.all(source) {
                        let syntax = Syntax(
                            .column(
                                qualifier: scope.isJoin ? Identifier(source.qualifier, span: item.span) : nil,
                                name: Identifier(binding.name, span: item.span)), span: item.span)
                        try append(
                            scope.resultName(binding, of: source), try translator.translate(syntax), item)
                    }
                }
            case .allFields(let structure):
                for field in try translator.fields(of: structure, in: item) {
                    try append(field.name, field.value, item)
                }
            case .expression(let syntax, let alias):
                try append(alias?.text ?? names.name(of: syntax), try translator.translate(syntax), item)
            }
        }
        for key in query.orderBy {
            let typed = try sortKey(key.expression, selection, translator)
            guard TypeRules.hasOrder(typed.type) || typed.type == .boolean else {
                throw Diagnostic(
                    .typeMismatch, "values of type \(typed.type.sql) have no order",
                    at: statement.location(of: key.expression.span),
                    hint: "order by a part of it, or CAST it to STRING")
            }
            selection.order.append(
                AnswerPlan.SortKey(expression: typed, isDescending: key.isDescending))
        }
        return selection
    }

    /// A number is the column at that place; a name is a column of the answer before one of the sources.
    private func sortKey(
        _ syntax: Syntax, _ selection: Selection, _ translator: ExpressionTranslator
    ) throws(Diagnostic) -> Typed {
        switch syntax.kind {
        case .integer(let place):
            guard selection.columns.indices.contains(Int(place) - 1) else {
                throw Diagnostic(
                    .invalidStatement, "ORDER BY \(place) names no column of the answer",
                    at: statement.location(of: syntax.span),
                    expected: "a number from 1 to \(selection.columns.count), or an expression")
            }
            return selection.expressions[Int(place) - 1]
        case .column(nil, let name):
            if let index = selection.columns.firstIndex(where: { $0.name == name.text }) {
                return selection.expressions[index]
            }
        default: break
        }
        return try translator.translate(syntax)
    }
}
