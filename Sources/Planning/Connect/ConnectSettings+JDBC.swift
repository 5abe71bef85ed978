extension ConnectSettings {
    /// Those of `io.confluent.connect.jdbc.JdbcSinkConnector`.
    static let jdbc: [ConnectSetting] = [
        .init(
            "connection.url", .connection, .high, "JDBC URL",
            "jdbc:postgresql://HOST:PORT/DATABASE or postgresql://…",
            isRequired: true),
        .init(
            "connection.user", .connection, .high, "User",
            "Wins over the URL's."),
        .init(
            "connection.password", .connection, .high, "Password",
            "Wins over the URL's; may be ${env:NAME}, ${file:PATH} or ${file:PATH:KEY}.",
            kind: .password),
        .init(
            "dialect.name", .connection, .low, "Dialect",
            "PostgreSqlDatabaseDialect.",
            standard: "", values: ["", "PostgreSqlDatabaseDialect"]),
        .init(
            "connection.attempts", .connection, .low, "Attempts to connect",
            "A database that is away is waited for.",
            kind: .integer, standard: "3", isWithoutEffect: true),
        .init(
            "connection.backoff.ms", .connection, .low, "Pause between attempts",
            "Pauses grow up to five seconds.",
            kind: .long, standard: "10000", isWithoutEffect: true),
        .init(
            "insert.mode", .writes, .high, "Insert mode",
            "insert; upsert by key; update by key, passing over rows that are not there.",
            standard: "insert", values: ["insert", "upsert", "update"]),
        .init(
            "batch.size", .writes, .medium, "Batch size",
            "Rows that are sent at a time.",
            kind: .integer, standard: "3000"),
        .init(
            "delete.enabled", .writes, .medium, "Delete",
            "Whether records without a value delete the row of their key; needs pk.mode record_key.",
            kind: .boolean, standard: "false"),
        .init(
            "table.types", .writes, .low, "Kinds of tables",
            "What has the name is written to.",
            kind: .list, standard: "TABLE", isWithoutEffect: true),
        .init(
            "table.name.format", .mapping, .medium, "Table",
            "The table, in which ${topic} stands for the topic.",
            standard: "${topic}"),
        .init(
            "pk.mode", .mapping, .high, "Key mode",
            "Where a row's key comes from: nowhere, the record's key, or its value.",
            standard: "none", values: ["none", "record_key", "record_value"]),
        .init(
            "pk.fields", .mapping, .medium, "Key fields",
            "Fields of the key or value that are the row's key; the name of the column of a key "
                + "that is one value.",
            kind: .list, standard: ""),
        .init(
            "fields.whitelist", .mapping, .medium, "Fields",
            "Fields of the value that are written; all without it.",
            kind: .list, standard: ""),
        .init(
            "db.timezone", .mapping, .medium, "Time zone",
            "UTC: times are instants.",
            standard: "UTC", values: ["UTC"]),
        .init(
            "date.timezone", .mapping, .medium, "Time zone of dates",
            "A DATE is a day, and has none.",
            standard: "DB_TIMEZONE", isWithoutEffect: true),
        .init(
            "timestamp.precision.mode", .mapping, .low, "Precision of times",
            "Times have milliseconds.",
            standard: "microseconds", isWithoutEffect: true),
        .init(
            "timestamp.fields.list", .mapping, .low, "Fields that are times",
            "Only empty: a field has the type of its column.",
            kind: .list, standard: ""),
        .init(
            "replace.null.with.default", .mapping, .low, "Defaults for NULL",
            "Columns of streams and tables have no defaults.",
            kind: .boolean, standard: "true", isWithoutEffect: true),
        .init(
            "auto.create", .definition, .medium, "Make tables",
            "Make a table that is not there.",
            kind: .boolean, standard: "false"),
        .init(
            "auto.evolve", .definition, .medium, "Add columns",
            "Add columns that a table lacks.",
            kind: .boolean, standard: "false"),
        .init(
            "quote.sql.identifiers", .definition, .medium, "Quotes",
            "always: names as they are; never: names in small letters, as PostgreSQL takes them.",
            standard: "always", values: ["always", "never"]),
        .init(
            "max.retries", .retries, .medium, "Retries",
            "What is away is waited for.",
            kind: .integer, standard: "10", isWithoutEffect: true),
        .init(
            "retry.backoff.ms", .retries, .medium, "Pause between retries",
            "Pauses grow up to five seconds.",
            kind: .integer, standard: "3000", isWithoutEffect: true),
        .init(
            "trim.sensitive.log", .retries, .low, "Hide rows in the log",
            "The log has no rows.",
            kind: .boolean, standard: "false", isWithoutEffect: true),
        .init(
            "mssql.use.merge.holdlock", .retries, .low, "SQL Server's locks",
            "The database is PostgreSQL.",
            kind: .boolean, standard: "true", isWithoutEffect: true),
    ]
}
