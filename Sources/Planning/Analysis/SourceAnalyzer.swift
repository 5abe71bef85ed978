import Columnar
import Diagnostics
import Language

/// Checks a CREATE STREAM or TABLE without AS SELECT and makes the relation.
struct SourceAnalyzer {
    let catalogue: Catalogue
    let statement: Statement

    private static let known = [
        "connector", "path", "kafka_topic", "value_format", "key_format", "format", "value_delimiter",
        "key_delimiter", "partitions", "replicas", "timestamp", "timestamp_format", "watermark_delay",
        "max_future", "idle_timeout", "on_error", "dead_letters", "wrap_single_value", "window_type",
        "window_size", "header", "poll_interval", "after", "archive.path", "max.record.bytes", "retention_ms",
    ]

    /// Names of the properties that go on to the connector.
    private static let connectorOptions = [
        "poll_interval", "after", "archive.path", "max.record.bytes", "idle_timeout", "header",
    ]

    func relation(_ create: CreateSource) throws(Diagnostic) -> Relation {
        let what = create.kind == .stream ? "the stream" : "the table"
        let properties = ConnectorProperties(
            create.properties, of: statement, owner: "\(what) \(create.name.text)")
        try properties.refuseUnknown(known: Self.known)
        let columns = try columns(create)
        var source = try source(properties)
        try readTime(properties, columns: columns.map(\.column), into: &source)
        source.errorPolicy =
            try properties.word("on_error", of: SourceProperties.ErrorPolicy.allCases.map(\.rawValue))
            .flatMap(SourceProperties.ErrorPolicy.init(rawValue:)) ?? .deadLetter
        source.deadLetters = properties.text("dead_letters")
        for name in Self.connectorOptions {
            if let text = properties.text(name) { source.connectorOptions[name] = text }
        }
        try check(source, columns, create, properties)
        let keys = columns.filter(\.isKey).map(\.column)
        let values = columns.filter { !$0.isKey }.map(\.column)
        var topic: TopicProperties?
        if case .topic(let name) = source.connector {
            topic = TopicProperties(
                name: name, keyFormat: source.keyFormat, valueFormat: source.valueFormat,
                delimiter: source.delimiter)
        }
        return Relation(
            name: create.name.text, kind: create.kind == .stream ? .stream : .table, columns: keys + values,
            keyCount: keys.count, windowing: try windowing(properties), origin: .source(source), topic: topic)
    }

    private func columns(
        _ create: CreateSource
    ) throws(Diagnostic) -> [(column: RelationColumn, isKey: Bool)] {
        let types = TypeTranslator(catalogue: catalogue, statement: statement)
        var columns: [(column: RelationColumn, isKey: Bool)] = []
        for definition in create.columns {
            let name = definition.name.text
            let place = statement.location(of: definition.name.span)
            if PseudoColumn(name: name) != nil {
                throw Diagnostic(
                    .invalidStatement, "\(name) is a pseudo-column that every record has", at: place,
                    hint: "choose another name")
            }
            if columns.contains(where: { $0.column.name == name }) {
                throw Diagnostic(
                    .duplicateColumn, "column \(name) is declared twice", at: place, hint: "remove one")
            }
            columns.append(
                (RelationColumn(name, try types.type(definition.type)), try isKey(definition, create)))
        }
        return columns
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
        case .headers, .header:
            throw Diagnostic(
                .unsupported, "HEADERS columns come with the Kafka source, which this version does not have",
                at: place, hint: "remove the column")
        }
    }

    private func source(_ properties: ConnectorProperties) throws(Diagnostic) -> SourceProperties {
        let names = SourceProperties.Format.allCases.map(\.rawValue)
        let both = try properties.word("format", of: names).flatMap(SourceProperties.Format.init(rawValue:))
        let value = try properties.word("value_format", of: names).flatMap(
            SourceProperties.Format.init(rawValue:))
        let key = try properties.word("key_format", of: names).flatMap(
            SourceProperties.Format.init(rawValue:))
        let connector: SourceProperties.Connector
        switch try properties.word("connector", of: ["files", "kafka", "http"]) {
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
        guard let valueFormat = value ?? both else {
            throw Diagnostic(
                .missingProperty, "\(properties.owner) needs the property 'value_format'",
                at: statement.location(of: statement.span),
                hint: "add value_format = 'JSON' (or CSV, DELIMITED, LINES)")
        }
        var source = SourceProperties(
            connector: connector, valueFormat: valueFormat, keyFormat: key ?? both ?? .kafka)
        source.delimiter = properties.text("value_delimiter").map(Self.delimiter)
        return source
    }

    private static func delimiter(_ text: String) -> String {
        switch text.uppercased() {
        case "SPACE": return " "
        case "TAB": return "\t"
        default: return text
        }
    }

    private func readTime(
        _ properties: ConnectorProperties, columns: [RelationColumn], into source: inout SourceProperties
    ) throws(Diagnostic) {
        source.watermarkDelay = try properties.duration("watermark_delay") ?? 0
        source.maximumFuture = try properties.duration("max_future")
        source.timestampFormat = properties.text("timestamp_format")
        guard let given = properties.text("timestamp") else { return }
        // A property's text is no identifier: like ksqlDB, take it as written or in upper case.
        let name = given.hasPrefix("`") ? String(given.dropFirst().dropLast()) : given
        guard let column = columns.first(where: { $0.name == name || $0.name == name.uppercased() }) else {
            let suggestion = NearestName.suggestion(for: name, among: columns.map(\.name))
            throw Diagnostic(
                .unknownColumn, "the timestamp column \(name) is not a column of \(properties.owner)",
                at: properties.location(of: "timestamp"),
                expected: "one of " + columns.map(\.name).joined(separator: ", "),
                hint: suggestion.map { "did you mean \($0)?" })
        }
        guard [.string, .bigint, .timestamp].contains(column.type) else {
            throw Diagnostic(
                .typeMismatch, "the timestamp column \(column.name) is \(column.type.sql)",
                at: properties.location(of: "timestamp"), expected: "STRING, BIGINT or TIMESTAMP")
        }
        if source.timestampFormat != nil, column.type != .string {
            throw Diagnostic(
                .invalidStatement, "timestamp_format is given, but \(column.name) is \(column.type.sql)",
                at: properties.location(of: "timestamp_format"), expected: "a STRING column",
                hint: "remove timestamp_format")
        }
        source.timestampColumn = column.name
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
        if create.kind == .table, !columns.contains(where: \.isKey) {
            throw Diagnostic(
                .invalidStatement, "\(properties.owner) has no PRIMARY KEY", at: place,
                hint: "declare the key's column: id STRING PRIMARY KEY")
        }
        if source.valueFormat == .lines,
            columns.count != 1 || columns[0].column.type != .string
        {
            throw Diagnostic(
                .invalidStatement, "the format LINES has one STRING column", at: place,
                expected: "(line STRING)")
        }
        if case .files = source.connector, columns.contains(where: \.isKey) {
            throw Diagnostic(
                .unsupported, "records of files have no key", at: place,
                hint: "remove KEY, and group or partition by the column")
        }
    }
}
