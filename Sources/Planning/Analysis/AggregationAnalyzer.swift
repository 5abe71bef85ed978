import Columnar
import Diagnostics
import Expressions
import Language

/// GROUP BY with its window, aggregates, HAVING and SELECT list.
struct AggregationAnalyzer {
    typealias Syntax = Language.Expression
    typealias Typed = Expressions.Expression

    let statement: Statement
    let input: Relation
    let scope: Scope
    let types: TypeTranslator
    let settings: Settings

    /// Aggregates found so far, by their syntax; filled while the SELECT list is translated.
    private final class Collected {
        var calls: [AggregateCall] = []
        var positions: [Syntax: Int] = [:]
    }

    func plan(_ query: Query) throws(Diagnostic) -> (AggregationPlan, SelectedColumns) {
        let inner = ExpressionTranslator(scope: scope, types: types)
        let keySyntax = query.groupBy?.expressions ?? []
        var keys: [Typed] = []
        for syntax in keySyntax {
            let key = try inner.translate(syntax)
            if keys.contains(key) {
                throw Diagnostic(
                    .invalidStatement, "GROUP BY names \(statement.fragment(syntax.span)) twice",
                    at: statement.location(of: syntax.span), hint: "remove one")
            }
            keys.append(key)
        }
        let collected = Collected()
        // Aggregates' results stand behind the keys, and nobody knows yet how many there are: ROWTIME and the
        // window's bounds get their places at the end.
        let outer = self.outer(inner: inner, keySyntax: keySyntax, keys: keys, collected: collected)
        var selected = try select(query, outer, keySyntax, keys)
        let having = try query.having.map { condition throws(Diagnostic) in
            try outer.condition(condition, clause: "HAVING")
        }
        if collected.calls.isEmpty {
            throw Diagnostic(
                .invalidStatement, "GROUP BY needs an aggregate function in the SELECT list",
                at: statement.location(of: query.groupBy?.span ?? query.span),
                hint: "add one, such as COUNT(*)")
        }
        try checkUndo(collected.calls, query)
        try refuseLikeKsqlDB(collected.calls, query)
        let window = try query.window.map { window throws(Diagnostic) in try windowPlan(window, query) }
        try checkWindowBounds(selected.expressions + (having.map { [$0] } ?? []), window, query)
        if query.emission == .final, window == nil {
            throw Diagnostic(
                .invalidStatement, "EMIT FINAL needs a WINDOW", at: statement.location(of: query.span),
                hint: "add WINDOW TUMBLING (SIZE …), or use EMIT CHANGES")
        }
        let behind = keys.count + collected.calls.count
        selected = selected.mapping { Self.settle($0, behind: behind) }
        let plan = AggregationPlan(
            groupBy: keys, window: window, aggregates: collected.calls,
            having: having.map { Self.settle($0, behind: behind) }, projection: selected.expressions,
            emission: query.emission == .final ? .final : .changes)
        return (plan, selected)
    }

    /// The groups of a pull query, of which any part may be selected.
    ///
    /// - Parameter select: what the projection makes, in its order.
    func groups(
        _ query: Query, _ select: (ExpressionTranslator) throws(Diagnostic) -> [Typed]
    ) throws(Diagnostic) -> AggregationPlan {
        let inner = ExpressionTranslator(scope: scope, types: types)
        let keySyntax = query.groupBy?.expressions ?? []
        var keys: [Typed] = []
        for syntax in keySyntax { keys.append(try inner.translate(syntax)) }
        let collected = Collected()
        let outer = self.outer(inner: inner, keySyntax: keySyntax, keys: keys, collected: collected)
        let selected = try select(outer)
        let having = try query.having.map { condition throws(Diagnostic) in
            try outer.condition(condition, clause: "HAVING")
        }
        try checkWindowBounds(selected + (having.map { [$0] } ?? []), nil, query)
        let behind = keys.count + collected.calls.count
        return AggregationPlan(
            groupBy: keys, window: nil, aggregates: collected.calls,
            having: having.map { Self.settle($0, behind: behind) },
            projection: selected.map { Self.settle($0, behind: behind) }, emission: .changes)
    }

    static func windowing(_ window: WindowPlan) -> Relation.Windowing {
        switch window.kind {
        case .tumbling(let size), .hopping(let size, _): return .time(size: size)
        case .session: return .session
        }
    }

    /// A table's row leaves its group when it changes: not every function can take rows out again.
    private func checkUndo(_ calls: [AggregateCall], _ query: Query) throws(Diagnostic) {
        guard input.kind == .table else { return }
        if let window = query.window {
            throw Diagnostic(
                .invalidStatement, "a table has no WINDOW: its rows are the latest of their keys",
                at: statement.location(of: window.span), hint: "remove WINDOW, or read the stream")
        }
        guard let call = calls.first(where: { !$0.function.supportsUndo || $0.function.countsDistinct })
        else { return }
        throw Diagnostic(
            .invalidStatement, "\(call.name) can't be applied to the table \(input.name)",
            at: statement.location(of: query.groupBy?.span ?? query.span),
            expected: "a function that can take rows out again, such as COUNT or SUM",
            hint: "apply it to a stream")
    }

    // MARK: As ksqlDB has it

    private var isLikeKsqlDB: Bool { settings[.refusesLikeKsqlDB]?.lowercased() == "true" }
    private var likeKsqlDBHint: String { "UNSET '\(SettingName.refusesLikeKsqlDB.rawValue)'" }

    /// Functions whose state is a STRUCT or ARRAY to ksqlDB, which writes it in the value's format.
    private static let composed: Set<String> = [
        "AVG", "ATTR", "COLLECT_LIST", "COLLECT_SET", "CORRELATION", "COUNT_DISTINCT", "EARLIEST_BY_OFFSET",
        "HISTOGRAM", "LATEST_BY_OFFSET", "STDDEV_SAMP", "STDDEV_SAMPLE", "TOPK", "TOPKDISTINCT",
    ]

    private func refuseLikeKsqlDB(_ calls: [AggregateCall], _ query: Query) throws(Diagnostic) {
        guard isLikeKsqlDB, let format = input.topic?.valueFormat else { return }
        let place = statement.location(of: query.groupBy?.span ?? query.span)
        if format == .kafka {
            throw Diagnostic(
                .invalidStatement, "as ksqlDB has it, records of the format KAFKA are not grouped", at: place,
                hint: likeKsqlDBHint)
        }
        guard format == .delimited, let call = calls.first(where: { Self.composed.contains($0.name) }) else {
            return
        }
        throw Diagnostic(
            .typeMismatch, "as ksqlDB has it, the format DELIMITED does not hold the state of \(call.name)",
            at: place, hint: likeKsqlDBHint)
    }

    // MARK: Names behind the aggregation

    /// Stand-ins for ROWTIME, WINDOWSTART and WINDOWEND until the number of aggregates is known.
    private static let late = 1 << 20

    private static func settle(_ expression: Typed, behind: Int) -> Typed {
        expression.mappingColumns { $0 >= late ? $0 - late + behind : $0 }
    }

    private func outer(
        inner: ExpressionTranslator, keySyntax: [Syntax], keys: [Typed], collected: Collected
    ) -> ExpressionTranslator {
        ExpressionTranslator(scope: scope, types: types) { syntax in
            if let index = keySyntax.firstIndex(of: syntax) { return .column(index, keys[index].type) }
            if case .column(let qualifier, let name) = syntax.kind {
                return try outerColumn(qualifier, name, syntax, keys)
            }
            guard case .call(let name, let arguments) = syntax.kind,
                AggregateFunctions.isAggregate(name.text)
            else { return nil }
            if let position = collected.positions[syntax] {
                return .column(keys.count + position, collected.calls[position].function.resultType)
            }
            let call = try AggregateCall(name, arguments, syntax, inner, settings)
            collected.positions[syntax] = collected.calls.count
            collected.calls.append(call)
            return .column(keys.count + collected.calls.count - 1, call.function.resultType)
        }
    }

    private func outerColumn(
        _ qualifier: Identifier?, _ name: Identifier, _ syntax: Syntax, _ keys: [Typed]
    ) throws -> Typed {
        switch PseudoColumn(name: name.text) {
        case .rowTime: return .column(Self.late, .bigint)
        case .windowStart, .windowEnd:
            if isLikeKsqlDB, scope.isJoin, qualifier == nil {
                throw Diagnostic(
                    .unknownColumn, "as ksqlDB has it, a query that joins has no \(name.text)",
                    at: statement.location(of: syntax.span), hint: likeKsqlDBHint)
            }
            return .column(Self.late + (name.text == PseudoColumn.windowStart.name ? 1 : 2), .bigint)
        default: break
        }
        let column = try scope.resolve(qualifier: qualifier, name: name, in: statement)
        // `e.id` and `id` are one column, however GROUP BY wrote it.
        if let index = keys.firstIndex(of: column) { return .column(index, column.type) }
        throw Diagnostic(
            .invalidStatement, "column \(name.text) is neither grouped nor aggregated",
            at: statement.location(of: syntax.span),
            hint: "add it to GROUP BY, or take one of its values: LATEST_BY_OFFSET(\(name.text))")
    }

    // MARK: SELECT list

    private func select(
        _ query: Query, _ outer: ExpressionTranslator, _ keySyntax: [Syntax], _ keys: [Typed]
    ) throws(Diagnostic) -> SelectedColumns {
        var selected = SelectedColumns()
        var names = ColumnNames(scope: scope)
        for item in query.select {
            switch item.kind {
            case .allColumns(let qualifier):
                for source in try scope.named(qualifier, in: statement) {
                    for column in source.columns {
                        let name = Identifier(column.name, span: item.span)
                        let owner = scope.isJoin ? Identifier(source.qualifier, span: item.span) : nil
                        let typed = try outer.translate(
                            Syntax(.column(qualifier: owner, name: name), span: item.span))
                        try selected.append(
                            scope.resultName(column, of: source), typed, key: key(typed, keys),
                            span: item.span, in: statement)
                    }
                }
            case .allFields:
                throw Diagnostic(
                    .invalidStatement, "a query with GROUP BY can't select ->*",
                    at: statement.location(of: item.span), hint: "name the fields, and group by them")
            case .expression(let syntax, let alias):
                let typed = try outer.translate(syntax)
                try selected.append(
                    alias?.text ?? names.name(of: syntax), typed, key: key(typed, keys), span: item.span,
                    in: statement)
            }
        }
        for index in keys.indices where selected.name(ofKey: index) == nil {
            throw Diagnostic(
                .invalidStatement,
                "the grouped \(statement.fragment(keySyntax[index].span)) is missing from the SELECT list",
                at: statement.location(of: keySyntax[index].span),
                hint: "add it: the groups are the table's primary key")
        }
        return selected
    }

    private func key(_ typed: Typed, _ keys: [Typed]) -> Int? {
        if case .column(let index, _) = typed, keys.indices.contains(index) { return index }
        return nil
    }

    // MARK: Window

    private func windowPlan(_ window: Window, _ query: Query) throws(Diagnostic) -> WindowPlan {
        let place = statement.location(of: window.span)
        func positive(_ span: TimeSpan, _ what: String) throws(Diagnostic) -> Int64 {
            guard span.milliseconds > 0 else {
                throw Diagnostic(.invalidValue, "a window's \(what) is not positive", at: place)
            }
            return span.milliseconds
        }
        let kind: WindowPlan.Kind
        switch window.kind {
        case .tumbling(let size): kind = .tumbling(size: try positive(size, "SIZE"))
        case .session(let gap): kind = .session(gap: try positive(gap, "gap"))
        case .hopping(let size, let advance):
            kind = .hopping(size: try positive(size, "SIZE"), advance: try positive(advance, "ADVANCE BY"))
            guard advance.milliseconds <= size.milliseconds else {
                throw Diagnostic(
                    .invalidValue, "the window advances by more than its size", at: place,
                    expected: "ADVANCE BY at most SIZE")
            }
        }
        let standard = query.emission == .final ? 0 : WindowPlan.defaultGrace
        return WindowPlan(
            kind: kind, grace: window.grace?.milliseconds ?? standard,
            retention: window.retention?.milliseconds)
    }

    private func checkWindowBounds(
        _ expressions: [Typed], _ window: WindowPlan?, _ query: Query
    ) throws(Diagnostic) {
        guard window == nil else { return }
        let bounds: Set<Int> = [Self.late + 1, Self.late + 2]
        guard expressions.contains(where: { !$0.columns.isDisjoint(with: bounds) }) else { return }
        throw Diagnostic(
            .invalidStatement, "WINDOWSTART and WINDOWEND need a WINDOW",
            at: statement.location(of: query.span), hint: "add WINDOW TUMBLING (SIZE …)")
    }
}
