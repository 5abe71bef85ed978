import Columnar
import Diagnostics
import Expressions
import Language

/// A push query that does more than pass rows of one relation on, as the statement that makes its rows and
/// the columns that it shows.
///
/// Each item gets a name that nobody else has; parts of the key that it does not select stand beside.
struct PushRewriting {
    let create: Statement
    /// For each column of the answer: what it is called in the made relation, and in the answer.
    let shown: [(hidden: String, name: String)]

    /// nil for a query that needs none of this.
    init?(
        _ query: Query, _ statement: Statement, _ plan: PipelinePlan, _ name: String
    ) throws(Diagnostic) {
        let aggregates = query.select.contains { item in
            guard case .expression(let syntax, _) = item.kind else { return false }
            return Self.aggregates(syntax)
        }
        let makesRows = query.select.contains { item in
            guard case .expression(let syntax, _) = item.kind else { return false }
            return TableFunctionAnalyzer.call(in: syntax) != nil
        }
        let isGrouped = query.groupBy != nil || aggregates
        guard isGrouped || makesRows || !query.joins.isEmpty || query.partitionBy != nil else { return nil }
        let analyzer = QueryAnalyzer(
            catalogue: plan.catalogue, statement: statement, settings: plan.settings, registry: plan.registry)
        let input = try analyzer.input(query, id: name)
        let scope = input.scope
        var rewritten = query
        rewritten.limit = nil
        // Without GROUP BY all rows are one group.
        if query.groupBy == nil, aggregates {
            rewritten.groupBy = Grouping(
                [Language.Expression(.integer(1), span: query.span)], span: query.span)
        }
        rewritten.select = []
        var names = ColumnNames(scope: scope)
        var shown: [(hidden: String, name: String)] = []
        func append(_ syntax: Language.Expression, _ name: String, _ item: SelectItem) {
            let hidden = "ITEM \(shown.count)"
            rewritten.select.append(Self.item(syntax, hidden, item.span))
            shown.append((hidden, name))
        }
        for item in query.select {
            switch item.kind {
            case .expression(let syntax, let alias):
                append(syntax, alias?.text ?? names.name(of: syntax), item)
            case .allColumns where query.partitionBy != nil && !scope.isJoin:
                for (syntax, name) in Self.partitioned(query, scope.sources[0], &names, item.span) {
                    append(syntax, name, item)
                }
            case .allColumns(let qualifier):
                if qualifier == nil, let key = scope.syntheticKey {
                    append(Self.column(nil, key.name, item.span), key.name, item)
                }
                for source in try scope.named(qualifier, in: statement) {
                    for column in scope.isJoin ? AnswerAnalyzer.all(source) : source.columns {
                        append(
                            Self.column(source.qualifier, column.name, item.span),
                            scope.resultName(column, of: source), item)
                    }
                }
            case .allFields: rewritten.select.append(item)
            }
        }
        self.shown = shown
        Self.addKeys(to: &rewritten)
        if !isGrouped { try Self.addKeys(of: input, to: &rewritten, statement, plan) }
        let isOfTable = plan.catalogue.relation(query.from.name.text)?.kind == .table
        let kind: SourceKind = rewritten.groupBy != nil || isOfTable ? .table : .stream
        create = Statement(
            .createSourceAsSelect(
                CreateSourceAsSelect(
                    kind: kind, name: Identifier(name, isQuoted: true, span: query.span), query: rewritten)),
            span: statement.span, text: statement.text, source: statement.source)
    }

    /// `*` with PARTITION BY: the new key stands first, what was the key before last.
    private static func partitioned(
        _ query: Query, _ source: Scope.Source, _ names: inout ColumnNames, _ span: SourceSpan
    ) -> [(Language.Expression, String)] {
        var shown: [(Language.Expression, String)] = []
        for key in query.partitionBy?.expressions ?? [] where key.kind != .null {
            shown.append((key, names.name(of: key)))
        }
        let keys = shown.map(\.1)
        for column in source.columns[source.keyCount...] + source.columns[..<source.keyCount]
        where !keys.contains(column.name) {
            shown.append((Self.column(source.qualifier, column.name, span), column.name))
        }
        return shown
    }

    /// A group's key that the list lacks, and a value where it has keys alone.
    private static func addKeys(to query: inout Query) {
        guard let groupBy = query.groupBy else { return }
        let listed = query.select.compactMap { item -> Language.Expression? in
            if case .expression(let syntax, _) = item.kind { syntax } else { nil }
        }
        for (index, key) in groupBy.expressions.enumerated() where !listed.contains(key) {
            query.select.append(item(key, "KEY \(index)", key.span))
        }
        if listed.allSatisfy({ groupBy.expressions.contains($0) }) {
            let count = Language.Expression(
                .call(
                    name: Identifier("COUNT"), arguments: [Language.Expression(.integer(1), span: query.span)]
                ),
                span: query.span)
            query.select.append(item(count, "VALUE", query.span))
        }
    }

    /// What of a row's key the list lacks: a persistent query has it. A value where it has keys alone.
    private static func addKeys(
        of input: QueryInput, to query: inout Query, _ statement: Statement, _ plan: PipelinePlan
    ) throws(Diagnostic) {
        let translator = ExpressionTranslator(
            scope: input.scope, types: TypeTranslator(catalogue: plan.catalogue, statement: statement))
        var listed: [Expressions.Expression] = []
        let count = query.select.count
        for item in query.select {
            guard case .expression(let syntax, _) = item.kind, TableFunctionAnalyzer.call(in: syntax) == nil
            else { continue }
            listed.append(try translator.translate(syntax))
        }
        var keys: [(syntax: Language.Expression, typed: [Expressions.Expression])] = []
        if let partition = query.partitionBy {
            for syntax in partition.expressions where syntax.kind != .null {
                keys.append((syntax, [try translator.translate(syntax)]))
            }
        } else {
            for columns in input.keys {
                guard let first = columns.first else { continue }
                let source = input.scope.sources.first { source in
                    source.columns.contains { $0.position == first.position }
                }
                keys.append((column(source?.qualifier, first.name, query.span), columns.map(\.column)))
            }
        }
        for (index, key) in keys.enumerated() where !key.typed.contains(where: listed.contains) {
            query.select.append(item(key.syntax, "KEY \(index)", query.span))
        }
        let makesRows = listed.count < count
        if !makesRows, listed.allSatisfy({ value in keys.contains { $0.typed.contains(value) } }) {
            query.select.append(
                item(Language.Expression(.integer(1), span: query.span), "VALUE", query.span))
        }
    }

    private static func item(
        _ syntax: Language.Expression, _ name: String, _ span: SourceSpan
    ) -> SelectItem {
        SelectItem(.expression(syntax, alias: Identifier(name, isQuoted: true, span: span)), span: span)
    }

    private static func column(
        _ qualifier: String?, _ name: String, _ span: SourceSpan
    ) -> Language.Expression {
        Language.Expression(
            .column(
                qualifier: qualifier.map { Identifier($0, isQuoted: true, span: span) },
                name: Identifier(name, isQuoted: true, span: span)),
            span: span)
    }

    private static func aggregates(_ syntax: Language.Expression) -> Bool {
        if case .call(let name, _) = syntax.kind, AggregateFunctions.isAggregate(name.text) { return true }
        return syntax.kind.operands.contains(where: aggregates)
    }
}
