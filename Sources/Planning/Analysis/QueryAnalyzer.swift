import Columnar
import Diagnostics
import Expressions
import Language

/// Turns the SELECT of a CREATE … AS SELECT into a plan.
struct QueryAnalyzer {
    let catalogue: Catalogue
    let statement: Statement

    /// What the query writes.
    struct Target {
        let name: String
        let kind: Relation.Kind
        let properties: ConnectorProperties
        let place: SourceSpan
    }

    func plan(_ query: Query, id: String, into target: Target) throws(Diagnostic) -> QueryPlan {
        let input = try source(query.from)
        try refuseUnsupported(query)
        let scope = Scope(relation: input, qualifier: query.from.qualifier.text)
        let types = TypeTranslator(catalogue: catalogue, statement: statement)
        let translator = ExpressionTranslator(scope: scope, types: types)
        let filter = try query.condition.map { condition throws(Diagnostic) in
            try translator.condition(condition, clause: "WHERE")
        }
        let deduplication = try query.deduplication.map { clause throws(Diagnostic) in
            try deduplicationPlan(clause, input: input, translator: translator)
        }
        let isAggregation = query.groupBy != nil
        try checkKind(of: target, isTable: isAggregation || input.kind == .table)
        let shape: QueryPlan.Shape
        let columns: SelectedColumns
        var windowing = input.windowing
        if isAggregation {
            let analyzer = AggregationAnalyzer(
                statement: statement, input: input, scope: scope, types: types)
            let (plan, selected) = try analyzer.plan(query)
            shape = .aggregation(plan)
            columns = selected
            windowing = plan.window.map(AggregationAnalyzer.windowing)
        } else {
            try refuseAggregateClauses(query)
            let analyzer = ProjectionAnalyzer(input: input, translator: translator)
            columns = try analyzer.select(query)
            shape = .projection(columns.expressions)
        }
        let output = Relation(
            name: target.name, kind: target.kind, columns: columns.columns, keyCount: columns.keyCount,
            windowing: windowing, origin: .query(id: id), topic: try topic(target, input: input))
        return QueryPlan(
            id: id, input: input, filter: filter, deduplication: deduplication, shape: shape, output: output)
    }

    private func source(_ reference: SourceReference) throws(Diagnostic) -> Relation {
        let name = reference.name.text
        if let relation = catalogue.relation(name) { return relation }
        let suggestion = NearestName.suggestion(for: name, among: catalogue.order)
        throw Diagnostic(
            .unknownSource, "there is no stream or table \(name)",
            at: statement.location(of: reference.name.span),
            expected: suggestion == nil && !catalogue.order.isEmpty
                ? "one of " + catalogue.order.joined(separator: ", ") : nil,
            hint: suggestion.map { "did you mean \($0)?" } ?? "create it first")
    }

    private func refuseUnsupported(_ query: Query) throws(Diagnostic) {
        if let join = query.joins.first {
            throw Diagnostic(
                .unsupported, "this version does not join", at: statement.location(of: join.span),
                hint: "joins come with a later version")
        }
        if let limit = query.limit {
            throw Diagnostic(
                .invalidStatement, "a persistent query has no LIMIT \(limit)",
                at: statement.location(of: query.span), hint: "remove it")
        }
    }

    private func refuseAggregateClauses(_ query: Query) throws(Diagnostic) {
        let place = query.having?.span ?? query.window?.span
        guard let place else { return }
        throw Diagnostic(
            .invalidStatement, "WINDOW and HAVING need GROUP BY", at: statement.location(of: place),
            hint: "add GROUP BY, or use WHERE")
    }

    private func deduplicationPlan(
        _ clause: Deduplication, input: Relation, translator: ExpressionTranslator
    ) throws(Diagnostic) -> DeduplicationPlan {
        guard input.kind == .stream else {
            throw Diagnostic(
                .invalidStatement, "a table has one row per key and can't be deduplicated",
                at: statement.location(of: clause.span), hint: "remove DEDUPLICATE BY")
        }
        var keys: [Expressions.Expression] = []
        for key in clause.keys { keys.append(try translator.translate(key)) }
        return DeduplicationPlan(keys: keys, within: clause.within.milliseconds)
    }

    private func checkKind(of target: Target, isTable: Bool) throws(Diagnostic) {
        if target.kind == .stream, isTable {
            throw Diagnostic(
                .invalidStatement, "the result of this query is a table",
                at: statement.location(of: target.place), expected: "CREATE TABLE",
                hint: "write CREATE TABLE \(target.name) AS SELECT …")
        }
        if target.kind == .table, !isTable {
            throw Diagnostic(
                .invalidStatement, "the result of this query is a stream",
                at: statement.location(of: target.place), expected: "CREATE STREAM",
                hint: "write CREATE STREAM \(target.name) AS SELECT …, or add GROUP BY")
        }
    }

    private static let known = [
        "kafka_topic", "value_format", "key_format", "format", "value_delimiter", "key_delimiter",
        "partitions", "replicas", "timestamp", "timestamp_format", "wrap_single_value", "retention_ms",
    ]

    /// The topic of the output, when its records come from a topic: as the WITH clause says, else as the input's.
    private func topic(_ target: Target, input: Relation) throws(Diagnostic) -> TopicProperties? {
        try target.properties.refuseUnknown(known: Self.known)
        let names = SourceProperties.Format.allCases.map(\.rawValue)
        let both = try target.properties.word("format", of: names)
        let value = try target.properties.word("value_format", of: names) ?? both
        let key = try target.properties.word("key_format", of: names) ?? both
        guard let inherited = input.topic else { return nil }
        return TopicProperties(
            name: target.properties.text("kafka_topic") ?? target.name,
            keyFormat: key.flatMap(SourceProperties.Format.init(rawValue:)) ?? inherited.keyFormat,
            valueFormat: value.flatMap(SourceProperties.Format.init(rawValue:)) ?? inherited.valueFormat,
            delimiter: target.properties.text("value_delimiter") ?? (value == nil ? inherited.delimiter : nil))
    }
}
