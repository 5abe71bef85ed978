import Columnar
import Diagnostics
import Expressions
import Language
import Registry

/// Turns the SELECT of a CREATE … AS SELECT or an INSERT INTO into a plan.
struct QueryAnalyzer {
    let catalogue: Catalogue
    let statement: Statement
    let settings: Settings
    let registry: any SchemaDirectory

    /// What the query writes.
    struct Target {
        let name: String
        let kind: Relation.Kind
        let properties: ConnectorProperties
        let place: SourceSpan
        /// The stream that an INSERT INTO writes; nil where the query makes its own relation.
        var existing: InsertAnalyzer?
    }

    func plan(_ query: Query, id: String, into target: Target) throws(Diagnostic) -> QueryPlan {
        let types = TypeTranslator(catalogue: catalogue, statement: statement)
        let sources = try input(query, id: id)
        try refuseUnsupported(query, sources)
        let input = sources.relation
        let scope = sources.scope
        let translator = ExpressionTranslator(scope: scope, types: types)
        let filter = try query.condition.map { condition throws(Diagnostic) in
            try translator.condition(condition, clause: "WHERE")
        }
        let deduplication = try query.deduplication.map { clause throws(Diagnostic) in
            try deduplicationPlan(clause, input: input, translator: translator)
        }
        let isAggregation = query.groupBy != nil
        if !isAggregation { try refuseAggregates(query) }
        try checkKind(of: target, isTable: isAggregation || input.kind == .table)
        try checkTimeName(query, target)
        let tableFunctions = TableFunctionAnalyzer(input: input, inner: translator)
        let priorRows = PriorRowAnalyzer(input: input, inner: translator, settings: settings)
        var shape: QueryPlan.Shape
        let columns: SelectedColumns
        var windowing = input.windowing
        if isAggregation {
            try refuseTableFunctions(query, "groups them")
            let analyzer = AggregationAnalyzer(
                statement: statement, input: input, scope: scope, types: types, settings: settings)
            let (plan, selected) = try analyzer.plan(query)
            shape = .aggregation(plan)
            columns = selected
            windowing = plan.window.map(AggregationAnalyzer.windowing)
        } else {
            var projected = tableFunctions.translator
            let explode = projected.replace
            projected.replace = { try priorRows.column(for: $0) ?? explode($0) }
            let analyzer = ProjectionAnalyzer(input: sources, translator: projected, settings: settings)
            columns = priorRows.settled(try analyzer.select(query))
            shape = .projection(columns.expressions)
            if priorRows.plan != nil { try refuseTableFunctions(query, "looks back") }
        }
        shape = try RowLifetime.read(target.properties, into: shape, over: input)
        guard columns.hasValues else {
            throw Diagnostic(
                .invalidStatement, "the SELECT list has key columns and nothing else",
                at: statement.location(of: query.select.first?.span ?? query.span),
                expected: "a value column",
                hint: "add one, or a copy of the key: AS_VALUE(…) AS name")
        }
        if let existing = target.existing {
            let expressions = try existing.fitted(columns, windowing: windowing, of: query)
            return QueryPlan(
                id: id, input: input, joins: sources.joins, filter: filter, deduplication: deduplication,
                tableFunctions: tableFunctions.functions, priorRows: priorRows.plan,
                shape: .projection(expressions),
                output: existing.target, outputTime: existing.time, insertion: existing.number,
                places: places(of: query, priorRows.place))
        }
        var output = Relation(
            name: target.name, kind: target.kind, columns: columns.columns, keyCount: columns.keyCount,
            windowing: windowing, origin: .query(id: id))
        // Schemas are registered last: a statement that is refused leaves none.
        let time = try outputTime(target, output)
        let delay = try outputWatermarkDelay(target, output)
        output.topic = try topic(target, input: input, output: output)
        output.topic?.writesNullKeys = query.partitionBy != nil || isAggregation
        return QueryPlan(
            id: id, input: input, joins: sources.joins, filter: filter, deduplication: deduplication,
            tableFunctions: tableFunctions.functions, priorRows: priorRows.plan, shape: shape, output: output,
            outputTime: time, outputWatermarkDelay: delay, places: places(of: query, priorRows.place))
    }

    private func places(of query: Query, _ priorRows: SourceLocation?) -> QueryPlaces {
        var places = QueryPlaces()
        places.statement = statement.location(of: statement.span)
        places.groupBy = query.groupBy.flatMap { statement.location(of: $0.span) }
        places.deduplication = query.deduplication.flatMap { statement.location(of: $0.span) }
        places.priorRows = priorRows
        places.joins = query.joins.map { statement.location(of: $0.span) }
        return places
    }

    /// What the query's clauses read.
    func input(_ query: Query, id: String) throws(Diagnostic) -> QueryInput {
        let types = TypeTranslator(catalogue: catalogue, statement: statement)
        let first = try catalogue.relation(named: query.from.name, in: statement)
        return try JoinAnalyzer(catalogue: catalogue, types: types, id: id).input(query, first: first) {
            reference throws(Diagnostic) in
            try catalogue.relation(named: reference.name, in: statement)
        }
    }

    private func refuseUnsupported(_ query: Query, _ input: QueryInput) throws(Diagnostic) {
        for (index, source) in input.scope.sources.enumerated() {
            let reference = index == 0 ? query.from : query.joins[index - 1].source
            guard let relation = catalogue.relation(source.relationName), relation.kind == .table,
                relation.windowing != nil
            else { continue }
            throw Diagnostic(
                .invalidStatement,
                "the table \(relation.name) has windows, and this version makes nothing of such tables",
                at: statement.location(of: reference.name.span),
                expected: "a stream or a table without windows",
                hint: "make the result from \(relation.name)'s own source")
        }
        if let key = query.orderBy.first {
            throw Diagnostic(
                .invalidStatement, "a persistent query has no ORDER BY",
                at: statement.location(of: key.expression.span),
                hint: "remove it: results come in the order of their records")
        }
        if let limit = query.limit {
            throw Diagnostic(
                .invalidStatement, "a persistent query has no LIMIT \(limit)",
                at: statement.location(of: query.span), hint: "remove it")
        }
    }

    private func refuseAggregates(_ query: Query) throws(Diagnostic) {
        for item in query.select {
            guard case .expression(let syntax, _) = item.kind, let call = Self.aggregate(in: syntax) else {
                continue
            }
            throw Diagnostic(
                .invalidStatement,
                "\(statement.fragment(call.span)) is an aggregate, and the query has no GROUP BY",
                at: statement.location(of: call.span),
                hint: "add GROUP BY with the columns that tell groups apart")
        }
        if query.emission == .final {
            throw Diagnostic(
                .invalidStatement, "EMIT FINAL waits for windows to close, and this query has none",
                at: statement.location(of: query.span),
                hint: "write EMIT CHANGES, or add WINDOW and GROUP BY")
        }
        let place = query.having?.span ?? query.window?.span
        guard let place else { return }
        throw Diagnostic(
            .invalidStatement, "WINDOW and HAVING need GROUP BY", at: statement.location(of: place),
            hint: "add GROUP BY, or use WHERE")
    }

    /// Refuses a timestamp column that the SELECT list does not name, before anything that hides this.
    private func checkTimeName(_ query: Query, _ target: Target) throws(Diagnostic) {
        guard query.joins.isEmpty else { return }
        var names: [RelationColumn] = []
        for item in query.select {
            guard case .expression(let syntax, let alias) = item.kind else { return }
            if let alias { names.append(RelationColumn(alias.text, .bigint)) }
            if alias == nil, case .column(_, let name) = syntax.kind {
                names.append(RelationColumn(name.text, .bigint))
            }
        }
        guard target.properties.text("timestamp_format") == nil else { return }
        _ = try TimeColumn.read(target.properties, columns: names, statement: statement)
    }

    /// The first call of an aggregate function.
    private static func aggregate(in syntax: Language.Expression) -> Language.Expression? {
        if case .call(let name, _) = syntax.kind, AggregateFunctions.isAggregate(name.text) { return syntax }
        for operand in syntax.kind.operands {
            if let found = aggregate(in: operand) { return found }
        }
        return nil
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
            if target.existing != nil {
                throw Diagnostic(
                    .invalidStatement, "INSERT INTO a stream, and the result of this query is a table",
                    at: statement.location(of: target.place), expected: "a SELECT that makes a stream",
                    hint: "remove GROUP BY, or read a stream")
            }
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

    /// What a WITH clause of a query may say.
    static let known =
        FormatAnalyzer.known + [
            "kafka_topic", "partitions", "replicas", "timestamp", "timestamp_format", "watermark_delay",
            "retention_ms", RowLifetime.property, PipelinePlanner.registryProperty,
        ] + TopicProperties.connectorOptions

    /// The topic of the output, when its records come from a topic: as the WITH clause says, else as the
    /// input's.
    private func topic(
        _ target: Target, input: Relation, output: Relation
    ) throws(Diagnostic) -> TopicProperties? {
        try target.properties.refuseUnknown(known: Self.known, prefixes: [TopicProperties.clientPrefix])
        let formats = FormatAnalyzer(properties: target.properties, settings: settings)
        let givenKey = try formats.key()
        let givenValue = try formats.value()
        guard let inherited = input.topic else { return nil }
        let named = target.properties.text("kafka_topic")
        if named == nil, settings[.outputTopics]?.lowercased() == "false" { return nil }
        var key = givenKey ?? inherited.keyFormat
        // What had no key may have one now, and the other way round.
        if output.keyCount == 0 { key = .none }
        if output.keyCount > 0, key == .none, givenKey == nil { key = formats.standardKey }
        let value = givenValue ?? inherited.valueFormat
        let prefix = settings[.topicPrefix] ?? ""
        var topic = TopicProperties(
            name: named ?? prefix + target.name, keyFormat: key,
            valueFormat: value,
            delimiter: try formats.delimiter("value_delimiter", for: value)
                ?? (value == inherited.valueFormat ? inherited.delimiter : nil))
        topic.keyDelimiter =
            try formats.delimiter("key_delimiter", for: key)
            ?? (key == inherited.keyFormat ? inherited.keyDelimiter : nil)
        topic.wrapsSingleValue = try formats.wrapsSingleValue(
            value, values: output.columns.count - output.keyCount)
        try topic.read(target.properties)
        try formats.check(key: key, value: value, relation: output, at: statement.location(of: target.place))
        let schemas = SchemaAnalyzer(
            registry: registry, properties: target.properties, statement: statement)
        try schemas.refuseNames(key: key, value: value)
        try schemas.registerWritten(output, &topic)
        return topic
    }

    /// The column of the output that holds its records' time, when the WITH clause names one.
    private func outputTime(_ target: Target, _ output: Relation) throws(Diagnostic) -> TimeColumn? {
        try TimeColumn.read(target.properties, columns: output.columns, statement: statement)
    }

    /// How far the watermark of a stream with a time of its own stays behind.
    private func outputWatermarkDelay(_ target: Target, _ output: Relation) throws(Diagnostic) -> Int64? {
        guard let delay = try target.properties.duration("watermark_delay") else { return nil }
        if output.kind == .stream, target.properties.text("timestamp") != nil { return delay }
        throw Diagnostic(
            .invalidStatement, "'watermark_delay' is given, and \(target.name) has the times of its source",
            at: target.properties.location(of: "watermark_delay"),
            expected: "a stream with 'timestamp'",
            hint: "set it at the source, or name the column that holds the time: timestamp = '…'")
    }

    private func refuseTableFunctions(_ query: Query, _ what: String) throws(Diagnostic) {
        for item in query.select {
            guard case .expression(let syntax, _) = item.kind,
                let call = TableFunctionAnalyzer.call(in: syntax)
            else { continue }
            throw Diagnostic(
                .invalidStatement, "\(statement.fragment(call.span)) makes rows, and the query \(what)",
                at: statement.location(of: call.span),
                hint: "make a stream of the elements first, and read that")
        }
    }
}
