import Columnar
import Diagnostics
import Language
import Registry

/// Checks a CREATE STREAM or TABLE without AS SELECT and makes the relation.
struct SourceAnalyzer {
    let catalogue: Catalogue
    let statement: Statement
    let settings: Settings
    let registry: any SchemaDirectory

    /// What a WITH clause of a source may say.
    static let known =
        FormatAnalyzer.known + [
            "connector", "path", "kafka_topic", "partitions", "replicas", "timestamp", "timestamp_format",
            "watermark_delay", "max_future", "idle_timeout", "row_ttl", "on_error", "dead_letters",
            "window_type",
            "window_size",
            "header", "poll_interval", "after", "archive.path", "max.record.bytes", "retention_ms",
            PipelinePlanner.registryProperty,
        ] + TopicProperties.connectorOptions + postgresOptions

    /// Names of the properties that go on to the connector.
    private static let connectorOptions = [
        "poll_interval", "after", "archive.path", "max.record.bytes", "header",
    ]

    func relation(_ create: CreateSource) throws(Diagnostic) -> Relation {
        let what = create.kind == .stream ? "the stream" : "the table"
        if create.isReadOnly, create.orReplace {
            throw Diagnostic(
                .invalidStatement,
                "CREATE OR REPLACE can't make a SOURCE \(create.kind == .stream ? "STREAM" : "TABLE")",
                at: statement.location(of: create.name.span), expected: "CREATE SOURCE …",
                hint: "remove OR REPLACE, or SOURCE")
        }
        let properties = ConnectorProperties(
            create.properties, of: statement, owner: "\(what) \(create.name.text)")
        try properties.refuseUnknown(known: Self.known, prefixes: [TopicProperties.clientPrefix])
        let formats = FormatAnalyzer(properties: properties, settings: settings)
        var source = try source(properties, formats)
        source.keyDelimiter = try formats.delimiter("key_delimiter", for: source.keyFormat)
        source.delimiter = try formats.delimiter("value_delimiter", for: source.valueFormat)
        let schemas = SchemaAnalyzer(registry: registry, properties: properties, statement: statement)
        let columns = try inferred(try columns(create), create, source, formats, schemas)
        source.wrapsSingleValue = try formats.wrapsSingleValue(
            source.valueFormat, values: columns.count { !$0.isKey })
        if !columns.contains(where: \.isKey), try formats.key() == nil { source.keyFormat = .none }
        try schemas.refuseNames(key: source.keyFormat, value: source.valueFormat)
        try readTime(properties, columns: columns.map(\.column), into: &source)
        source.rowLifetime = try RowLifetime.read(properties, of: create)
        try readErrorPolicy(properties, into: &source)
        for name in Self.connectorOptions + Self.postgresOptions {
            if let text = properties.text(name) { source.connectorOptions[name] = text }
        }
        try check(source, columns, create, properties)
        try checkPostgres(source, create, properties)
        try checkKey(columns.map(\.isKey), create)
        let keys = columns.filter(\.isKey).map(\.column)
        let headers = try HeaderAnalyzer(catalogue: catalogue, statement: statement).columns(create)
        if !headers.isEmpty, let owner = source.connector.withoutHeaders {
            throw Diagnostic(
                .invalidStatement, "\(owner) have no headers",
                at: statement.location(of: create.name.span), hint: "remove the HEADERS columns")
        }
        for header in headers { source.headerColumns[header.column.name] = header.content }
        if case .postgres = source.connector { source.isReadOnly = true }
        source.isReadOnly = source.isReadOnly || create.isReadOnly
        let values = columns.filter { !$0.isKey }.map(\.column) + headers.map(\.column)
        var topic: TopicProperties?
        if case .topic(let name) = source.connector {
            topic = TopicProperties(
                name: name, keyFormat: source.keyFormat, valueFormat: source.valueFormat,
                delimiter: source.delimiter)
            topic?.keyDelimiter = source.keyDelimiter
            topic?.wrapsSingleValue = source.wrapsSingleValue
            try topic?.read(properties)
        }
        var relation = Relation(
            name: create.name.text, kind: create.kind == .stream ? .stream : .table, columns: keys + values,
            keyCount: keys.count, windowing: try windowing(properties), origin: .source(source), topic: topic)
        if topic != nil {
            try formats.check(
                key: source.keyFormat, value: source.valueFormat, relation: relation,
                at: statement.location(of: create.name.span))
        }
        try schemas.registerDeclared(&relation, source)
        if relation.windowing != nil, relation.keyCount == 0 {
            throw Diagnostic(
                .invalidStatement, "\(properties.owner) has windows and no key column",
                at: properties.location(of: "window_type"),
                expected: "a KEY column: windows are part of keys",
                hint: "declare the key's column: id STRING KEY")
        }
        return relation
    }

    /// A relation with more columns in its records' values, behind those that it has.
    func relation(
        _ relation: Relation, _ source: SourceProperties, adding additions: [ColumnDefinition]
    ) throws(Diagnostic) -> Relation {
        let types = TypeTranslator(catalogue: catalogue, statement: statement)
        var values = Array(relation.recordValues)
        for definition in additions {
            let name = definition.name.text
            let place = statement.location(of: definition.name.span)
            try refusePseudoColumn(name, place)
            if (relation.columns + values).contains(where: { $0.name == name }) {
                throw Diagnostic(
                    .duplicateColumn, "\(relation.name) has a column \(name) already", at: place,
                    hint: "choose another name")
            }
            values.append(RelationColumn(name, try types.type(definition.type)))
        }
        let headers = relation.values.suffix(source.headerColumns.count)
        let altered = Relation(
            name: relation.name, kind: relation.kind, columns: relation.keys + values + headers,
            keyCount: relation.keyCount, windowing: relation.windowing, origin: relation.origin,
            topic: relation.topic)
        if relation.topic != nil {
            let properties = ConnectorProperties([], of: statement, owner: relation.name)
            try FormatAnalyzer(properties: properties, settings: settings).check(
                key: source.keyFormat, value: source.valueFormat, relation: altered,
                at: statement.location(of: statement.span))
        }
        return altered
    }

    /// Takes the columns of keys and values that are not declared from their registered schemas.
    private func inferred(
        _ declared: [(column: RelationColumn, isKey: Bool)], _ create: CreateSource,
        _ source: SourceProperties, _ formats: FormatAnalyzer, _ schemas: SchemaAnalyzer
    ) throws(Diagnostic) -> [(column: RelationColumn, isKey: Bool)] {
        let keyID = try schemas.id(.key, source.keyFormat)
        let valueID = try schemas.id(.value, source.valueFormat)
        guard case .topic(let topic) = source.connector else { return declared }
        let hasKeys = declared.contains(where: \.isKey)
        let hasValues = declared.contains { !$0.isKey }
        for (id, has, part) in [(keyID, hasKeys, "key"), (valueID, hasValues, "value")] where id != nil && has
        {
            throw Diagnostic(
                .invalidStatement, "the statement has both \(part) columns and '\(part)_schema_id'",
                at: schemas.properties.location(of: "\(part)_schema_id"),
                hint: "remove one: the schema has the columns")
        }
        var columns = declared
        if !hasKeys, source.keyFormat.hasSchemas {
            let keys = try schemas.columns(
                .key, of: topic, source.keyFormat, id: keyID, isWrapped: false)
            columns = keys.map { ($0, true) } + columns
        }
        if !hasValues, source.valueFormat.hasSchemas {
            let isWrapped = try schemas.properties.boolean("wrap_single_value", default: true)
            let values = try schemas.columns(
                .value, of: topic, source.valueFormat, id: valueID, isWrapped: isWrapped)
            columns += values.map { ($0, false) }
        }
        try checkKey(columns.map { $0.isKey }, create)
        return columns
    }

    private func columns(
        _ create: CreateSource
    ) throws(Diagnostic) -> [(column: RelationColumn, isKey: Bool)] {
        let types = TypeTranslator(catalogue: catalogue, statement: statement)
        var columns: [(column: RelationColumn, isKey: Bool)] = []
        var names: Set<String> = []
        for definition in create.columns {
            let name = definition.name.text
            let place = statement.location(of: definition.name.span)
            try refusePseudoColumn(name, place)
            if !names.insert(name).inserted {
                throw Diagnostic(
                    .duplicateColumn, "column \(name) is declared twice", at: place, hint: "remove one")
            }
            if HeaderAnalyzer.isHeader(definition) { continue }
            columns.append(
                (RelationColumn(name, try types.type(definition.type)), try isKey(definition, create)))
        }
        return columns
    }

    private func refusePseudoColumn(_ name: String, _ place: SourceLocation?) throws(Diagnostic) {
        guard PseudoColumn(name: name) != nil else { return }
        throw Diagnostic(
            .invalidStatement, "\(name) is a pseudo-column that every record has", at: place,
            hint: "choose another name")
    }

    private func isKey(
        _ definition: ColumnDefinition, _ create: CreateSource
    ) throws(Diagnostic) -> Bool {
        let place = statement.location(of: definition.span)
        switch definition.role {
        case nil: return false
        case .key:
            if create.kind == .stream { return true }
            throw Diagnostic(
                .invalidStatement, "column \(definition.name.text) of a table is a KEY", at: place,
                expected: "PRIMARY KEY", hint: "a table's key is its PRIMARY KEY")
        case .primaryKey:
            if create.kind == .table { return true }
            throw Diagnostic(
                .invalidStatement, "column \(definition.name.text) of a stream is a PRIMARY KEY", at: place,
                expected: "KEY", hint: "records of a stream are not unique by key")
        case .headers, .header: return false
        }
    }

    private func checkKey(_ areKeys: [Bool], _ create: CreateSource) throws(Diagnostic) {
        guard create.kind == .table, !areKeys.contains(true) else { return }
        throw Diagnostic(
            .invalidStatement, "the table \(create.name.text) has no PRIMARY KEY",
            at: statement.location(of: create.name.span),
            hint: "declare the key's column: id STRING PRIMARY KEY")
    }

    private func source(
        _ properties: ConnectorProperties, _ formats: FormatAnalyzer
    ) throws(Diagnostic) -> SourceProperties {
        let connector: SourceProperties.Connector
        switch try properties.word("connector", of: ["files", "kafka", "http", "postgres"]) {
        case "postgres": return try postgres(properties)
        case "files":
            connector = .files(
                path: try properties.required("path", example: "data/raw/events/*.json"))
        case "http":
            throw Diagnostic(
                .unsupported, "the HTTP collector comes with the server, which this version does not have",
                at: properties.location(of: "connector"), hint: "read files: connector = 'files'")
        default:
            connector = .topic(try properties.required("kafka_topic", example: "events"))
        }
        guard let value = try formats.value() ?? formats.standardValue else {
            throw Diagnostic(
                .missingProperty, "\(properties.owner) needs the property 'value_format'",
                at: statement.location(of: statement.span),
                hint: "add value_format = 'JSON' (or CSV, DELIMITED, LINES)")
        }
        return SourceProperties(
            connector: connector, valueFormat: value, keyFormat: try formats.key() ?? formats.standardKey)
    }

    private func readTime(
        _ properties: ConnectorProperties, columns: [RelationColumn], into source: inout SourceProperties
    ) throws(Diagnostic) {
        source.watermarkDelay = try properties.duration("watermark_delay") ?? 0
        source.maximumFuture = try properties.duration("max_future")
        source.idleTimeout = try idleTimeout(properties)
        let time = try TimeColumn.read(properties, columns: columns, statement: statement)
        source.timestampColumn = time?.name
        source.timestampFormat = time?.format
        source.failsOnBadTime = settings[.failsOnBadTime]?.lowercased() == "true"
    }

    private func readErrorPolicy(
        _ properties: ConnectorProperties, into source: inout SourceProperties
    ) throws(Diagnostic) {
        source.errorPolicy =
            try properties.word("on_error", of: SourceProperties.ErrorPolicy.allCases.map(\.rawValue))
            .flatMap(SourceProperties.ErrorPolicy.init(rawValue:)) ?? .deadLetter
        source.deadLetters = properties.text("dead_letters")
    }

    private func idleTimeout(_ properties: ConnectorProperties) throws(Diagnostic) -> Int64? {
        if let timeout = try properties.positiveDuration(
            "idle_timeout", otherwise: "event time moves with records alone")
        {
            return timeout
        }
        guard let text = settings[.idleTimeout] else { return nil }
        if let timeout = DurationText.parse(text)?.wholeMilliseconds { return timeout > 0 ? timeout : nil }
        throw Diagnostic(
            .invalidValue, "'\(text)' is no value for the setting '\(SettingName.idleTimeout.rawValue)'",
            at: statement.location(of: statement.span),
            expected: "a length of time such as '30 seconds'; '0' is none")
    }

    private func windowing(_ properties: ConnectorProperties) throws(Diagnostic) -> Relation.Windowing? {
        guard let type = try properties.word("window_type", of: ["TUMBLING", "HOPPING", "SESSION"]) else {
            return nil
        }
        if type == "SESSION" { return .session }
        guard let size = try properties.duration("window_size") else {
            throw Diagnostic(
                .missingProperty, "\(properties.owner) needs the property 'window_size'",
                at: properties.location(of: "window_type"), hint: "add window_size = '30 SECONDS'")
        }
        return .time(size: size)
    }

    private func check(
        _ source: SourceProperties, _ columns: [(column: RelationColumn, isKey: Bool)],
        _ create: CreateSource, _ properties: ConnectorProperties
    ) throws(Diagnostic) {
        let place = statement.location(of: create.name.span)
        if columns.isEmpty {
            throw Diagnostic(
                .invalidStatement, "\(properties.owner) declares no columns", at: place,
                hint: "name them: CREATE STREAM \(create.name.text) (id STRING, …) WITH (…)")
        }
        if source.valueFormat == .lines,
            columns.count != 1 || columns[0].column.type != .string
        {
            throw Diagnostic(
                .invalidStatement, "the format LINES has one STRING column", at: place,
                expected: "(line STRING)")
        }
        if case .files = source.connector, source.valueFormat == .jsonSchema {
            throw Diagnostic(
                .unsupported, "JSON_SR is a format of topics, and this source reads files",
                at: properties.location(of: "value_format"), hint: "read files of JSON: value_format = 'JSON'"
            )
        }
        if case .files = source.connector, columns.contains(where: \.isKey) {
            throw Diagnostic(
                .unsupported, "records of files have no key", at: place,
                hint: "remove KEY, and group or partition by the column")
        }
    }
}
