import Diagnostics

/// The settings that a sink's configuration may have: those of all sinks, those of the JDBC sink, our own.
public enum ConnectSettings {
    /// Kafka Connect's, of every sink.
    static let common: [ConnectSetting] = [
        .init(
            "name", .common, .high, "Name",
            "The connector's name; no other one has it.",
            isRequired: true),
        .init(
            "connector.class", .common, .high, "Connector class",
            "Kafka Connect's JDBC sink, or one of Millrace's own classes.",
            isRequired: true),
        .init(
            "tasks.max", .common, .high, "Tasks",
            "A connector has one task for each topic.",
            kind: .integer, standard: "1", isWithoutEffect: true),
        .init(
            "tasks.max.enforce", .common, .low, "Enforce tasks.max",
            "A connector has one task for each topic.",
            kind: .boolean, standard: "true", isWithoutEffect: true),
        .init(
            "topics", .common, .high, "Topics",
            "The topics of streams and tables that are written, separated by commas.",
            kind: .list, standard: ""),
        .init(
            "topics.regex", .common, .high, "Topics by pattern",
            "A regular expression that the names of the topics fit as a whole; those that there are "
                + "when the connector is made.",
            standard: ""),
        .init(
            "key.converter", .common, .low, "Key converter",
            "How messages' keys are read; held against the relation's KEY_FORMAT.",
            kind: .typeName),
        .init(
            "value.converter", .common, .low, "Value converter",
            "How messages' values are read; held against the relation's VALUE_FORMAT.",
            kind: .typeName),
        .init(
            "header.converter", .common, .low, "Header converter",
            "The sink writes no headers.",
            kind: .typeName, isWithoutEffect: true),
        .init(
            "config.action.reload", .common, .low, "Reload",
            "Secrets are looked up whenever the connector starts.",
            standard: "restart", isWithoutEffect: true),
        .init(
            "transforms", .transforms, .low, "Transforms",
            "Names of transforms, in the order in which they are applied.",
            kind: .list, standard: ""),
        .init(
            "predicates", .predicates, .low, "Predicates",
            "Names of predicates of transforms.",
            kind: .list, standard: ""),
        .init(
            "errors.retry.timeout", .errors, .medium, "Retry time-out",
            "What is away is waited for.",
            kind: .long, standard: "0", isWithoutEffect: true),
        .init(
            "errors.retry.delay.max.ms", .errors, .medium, "Longest retry delay",
            "Pauses between attempts grow up to five seconds.",
            kind: .long, standard: "60000", isWithoutEffect: true),
        .init(
            "errors.tolerance", .errors, .medium, "Tolerance",
            "Rows that are refused become dead letters, and the others go on.",
            standard: "none", values: ["none", "all"], isWithoutEffect: true),
        .init(
            "errors.log.enable", .errors, .medium, "Log errors",
            "Refused rows are reported and kept.",
            kind: .boolean, standard: "false", isWithoutEffect: true),
        .init(
            "errors.log.include.messages", .errors, .medium, "Log messages",
            "Dead letters have the whole row.",
            kind: .boolean, standard: "false", isWithoutEffect: true),
        .init(
            "errors.deadletterqueue.topic.name", .errors, .medium, "Dead letter topic",
            "Dead letters are in files: dead_letters, or the state directory.",
            standard: "", isWithoutEffect: true),
        .init(
            "errors.deadletterqueue.topic.replication.factor", .errors, .medium,
            "Replicas of the dead letter topic",
            "Dead letters are in files.",
            kind: .short, standard: "3", isWithoutEffect: true),
        .init(
            "errors.deadletterqueue.context.headers.enable", .errors, .medium, "Headers of dead letters",
            "Dead letters say where they come from and why.",
            kind: .boolean, standard: "false", isWithoutEffect: true),
    ]

    /// Millrace's own, for any sink that a configuration names.
    static let own: [ConnectSetting] = [
        .init(
            "from", .millrace, .medium, "Relation",
            "The stream or table, where several have the topic or none has."),
        .init(
            "dead_letters", .millrace, .low, "Dead letters",
            "The directory for rows that the database refuses."),
        .init(
            "connection.limit", .millrace, .low, "Connections",
            "How many connections are shared with others of the same address."),
        .init("connection.wait", .millrace, .low, "Wait", "How long a connection is waited for."),
        .init("connection.idle", .millrace, .low, "Idle", "How long an idle connection is kept."),
        .init("statement.timeout", .millrace, .low, "Time-out", "How long a statement may take."),
        .init(
            "columns.case", .millrace, .low, "Case of columns",
            "Wins over quote.sql.identifiers.",
            values: ["lower", "preserve"]),
    ]

    /// All of a sink, in the order in which validation lists them.
    public static let jdbcSink = common + jdbc + own

    static let byName = Dictionary(
        jdbcSink.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// Behind these stand names of somebody else's settings, which say how a consumer or producer works.
    static let clientPrefixes = ["consumer.override.", "producer.override.", "admin.override."]

    /// Behind `key.converter.` and `value.converter.`.
    static let converter = [
        "schemas.enable", "schemas.cache.size", "schemas.cache.config", "decimal.format",
        "converter.encoding",
        "converter.type", "replace.null.with.default", "schema.registry.url",
        "schema.registry.basic.auth.user.info", "schema.registry.request.timeout.ms",
        "basic.auth.credentials.source", "basic.auth.user.info", "bearer.auth.credentials.source",
        "bearer.auth.token", "auto.register.schemas", "use.latest.version", "use.schema.id",
        "latest.compatibility.strict", "id.compatibility.strict", "normalize.schemas",
        "enhanced.avro.schema.support", "connect.meta.data", "scrub.invalid.names", "avro.codec",
        "avro.use.logical.type.converters", "specific.avro.reader", "max.schemas.per.subject",
        "key.subject.name.strategy", "value.subject.name.strategy", "subject.name.strategy",
        "object.additional.properties", "use.optional.for.nonrequired", "json.fail.invalid.schema",
        "json.fail.unknown.properties", "generalized.sum.type.support", "flatten.unions",
        "latest.cache.size", "latest.cache.ttl.sec", "http.connect.timeout.ms", "http.read.timeout.ms",
        "proxy.host", "proxy.port", "schema.format", "rule.executors", "rule.actions",
    ]

    /// Of a converter, all names that begin so: how the registry is reached.
    static let converterPrefixes = ["schema.registry.ssl.", "ssl.", "bearer.auth.", "schema.registry.sasl."]

    /// Whether a configuration without it can't be.
    public static func isRequired(_ name: String) -> Bool {
        byName[name.lowercased()]?.isRequired == true || name == "topics"
    }

    /// Kafka Connect's names of the converters that are understood.
    public static let converterNames = ConverterCheck.names
    public static let transformNames = TransformReader.names
    public static let predicateNames = TransformReader.predicateNames

    /// Whether nobody may see the value of a setting of that name.
    public static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        if byName[name]?.kind == .password { return true }
        if name.hasSuffix("credentials.source") { return false }
        return ["password", "secret", "user.info", "auth.token", "jaas.config", "ssl.key", "key.pem"].contains
        {
            name.contains($0)
        }
    }

    /// What stands where a secret does.
    public static let hidden = "******"

    /// A setting's value as people may see it: `${…}`, which says where a secret is, stays.
    public static func shown(_ name: String, _ value: String) -> String {
        if isSecret(name), !value.isEmpty, !(value.hasPrefix("${") && value.hasSuffix("}")) { return hidden }
        return SecretMask.masked(value)
    }
}
