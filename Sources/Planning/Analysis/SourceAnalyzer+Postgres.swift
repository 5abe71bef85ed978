import Diagnostics
import Language

// Tables of a PostgreSQL database as sources.
extension SourceAnalyzer {
    /// Names of the properties that are about a database alone.
    static let postgresOptions = [
        "compare.interval", "connection.password", "connection.url", "connection.user", "deleted_at",
        "poll.interval", "table", "updated_at", "updated_at.overlap", "url",
    ]

    /// What the others understand and this connector does too.
    private static let shared = [
        "connector", "timestamp", "timestamp_format", "watermark_delay", "max_future", "idle_timeout",
        "row_ttl", "on_error", "dead_letters",
    ]

    func postgres(_ properties: ConnectorProperties) throws(Diagnostic) -> SourceProperties {
        try properties.refuseUnknown(known: Self.postgresOptions + Self.shared)
        let table = try properties.required("table", example: "products")
        if properties.text("connection.url") == nil {
            _ = try properties.required("url", example: "postgresql://app@localhost:5432/shop")
        }
        for name in ["poll.interval", "updated_at.overlap", "compare.interval"] {
            _ = try properties.duration(name)
        }
        _ = try properties.positiveDuration("poll.interval", otherwise: "the table is asked every 10 seconds")
        for name in ["updated_at.overlap"] where properties.text("updated_at") == nil {
            guard let text = properties.text(name) else { continue }
            throw properties.invalid(
                name, text, expected: "none: without 'updated_at' the whole table is compared each time")
        }
        // Rows come from the database as objects of JSON.
        return SourceProperties(connector: .postgres(table: table), valueFormat: .json, keyFormat: .json)
    }

    func checkPostgres(
        _ source: SourceProperties, _ create: CreateSource, _ properties: ConnectorProperties
    ) throws(Diagnostic) {
        guard case .postgres = source.connector else {
            guard let name = properties.names.first(where: Self.postgresOptions.contains) else { return }
            throw Diagnostic(
                .unknownProperty, "\(properties.owner) has a property '\(name)', which is for databases",
                at: properties.location(of: name), hint: "remove it, or set connector = 'postgres'")
        }
        guard create.kind == .table else {
            throw Diagnostic(
                .invalidStatement, "a table of a database is read as a table, and not as a stream",
                at: statement.location(of: create.name.span), expected: "CREATE SOURCE TABLE",
                hint: "declare its key: CREATE SOURCE TABLE \(create.name.text) (id STRING PRIMARY KEY, …)")
        }
    }
}

extension SourceProperties.Connector {
    /// What its records are called where they have no headers.
    var withoutHeaders: String? {
        switch self {
        case .files: "records of files"
        case .postgres: "rows of a database"
        case .topic: nil
        }
    }
}
