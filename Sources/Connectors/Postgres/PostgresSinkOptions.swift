import Columnar
import Diagnostics
import Planning
import Postgres
import Storage

/// The properties of a `postgres` sink connector, which are those of Kafka Connect's JDBC sink.
struct PostgresSinkOptions: Sendable {
    let address: PostgresAddress
    /// How many connections it shares with others of the same address, and their time-outs.
    let pool: PoolLimits
    let target: TableTarget
    /// The relation's rows as rows of the table.
    let columns: DeltaSinkSchema
    /// Places of the target's columns among those.
    let kept: [Int]
    /// Where refused rows go; nil for the state directory.
    let deadLetters: String?

    /// Kafka Connect's name of its JDBC sink, as the plan has it.
    static let connectClass = "io.confluent.connect.jdbc.jdbcsinkconnector"

    private static let known = [
        "auto.create", "auto.evolve", "batch.size", "columns.case", "connection.idle", "connection.limit",
        "connection.password", "connection.url", "connection.user", "connection.wait", "connector.class",
        "dead_letters", "delete.enabled", "fields.whitelist", "from", "insert.mode", "pk.fields",
        "pk.mode", "statement.timeout", "table.name.format",
    ]
    /// What configurations of Kafka Connect also hold, and what is done here in any case or by others.
    private static let connectKnown = [
        "connection.attempts", "connection.backoff.ms", "db.timezone", "dialect.name", "max.retries", "name",
        "quote.sql.identifiers", "retry.backoff.ms", "table.types", "tasks.max", "topics",
    ]
    private static let connectPrefixes = ["key.converter", "value.converter", "errors."]
    /// Rows of a COPY: enough that its round trips do not show.
    private static let pieceRows = 1 << 16

    /// - Parameter readsSecrets: false where nobody connects: `${env:…}`, `${file:…}` are not looked up.
    init(
        _ plan: SinkPlan, _ fileSystem: any FileSystem, readsSecrets: Bool = true
    ) throws(Diagnostic) {
        let properties = plan.properties
        let isConnect = plan.connectorClass == Self.connectClass
        var known = Self.known
        if isConnect {
            known += Self.connectKnown
            known += properties.names.filter { name in
                Self.connectPrefixes.contains { name.hasPrefix($0) }
            }
        }
        try properties.refuseUnknown(known: known)
        if let zone = properties.text("db.timezone"), !["utc", "etc/utc", "z"].contains(zone.lowercased()) {
            throw properties.invalid(
                "db.timezone", zone, expected: "'UTC': times are instants, and PostgreSQL keeps them as such")
        }
        address = try Self.address(properties, fileSystem, readsSecrets: readsSecrets)
        pool = try PoolLimits(properties)
        let columnCase =
            try properties.word("columns.case", of: ["lower", "preserve"])
            .flatMap(DeltaSinkOptions.ColumnCase.init(rawValue:)) ?? .lower
        columns = DeltaSinkSchema(plan.from, columnCase)
        deadLetters = properties.text("dead_letters")
        let keying = try PostgresSinkKeying(plan, columns, isConnect: isConnect)
        let all = columns.schema.fields
        if let listed = properties.text("fields.whitelist"), !listed.isEmpty {
            let names = try PostgresSinkKeying.names(
                listed, "fields.whitelist", among: all.map(\.name), plan)
            kept = all.indices.filter { names.contains(all[$0].name) || keying.key.contains(all[$0].name) }
        } else {
            kept = Array(all.indices)
        }
        target = TableTarget(
            name: try Self.table(plan), schema: Schema(kept.map { all[$0] }), key: keying.key,
            mode: keying.mode, deletes: keying.deletes,
            creates: try properties.boolean("auto.create", default: false),
            evolves: try properties.boolean("auto.evolve", default: false),
            pieceRows: try properties.integer("batch.size", in: 1...(1 << 20)) ?? Self.pieceRows)
    }

    /// For a URL that is not looked up.
    private static let anywhere = "postgresql:"

    private static func address(
        _ properties: ConnectorProperties, _ fileSystem: any FileSystem, readsSecrets: Bool
    ) throws(Diagnostic) -> PostgresAddress {
        let example = "postgresql://localhost:5432/shop"
        func secret(_ name: String) throws(Diagnostic) -> String? {
            guard let text = properties.text(name) else { return nil }
            if !readsSecrets, SecretText.isReference(text) { return nil }
            return try SecretText.resolve(text, in: fileSystem) { reason in
                Diagnostic(
                    .invalidValue, "the property '\(name)' of \(properties.owner) can't be read: \(reason)",
                    at: properties.location(of: name))
            }
        }
        _ = try properties.required("connection.url", example: example)
        do throws(Diagnostic) {
            return try PostgresAddress(
                try secret("connection.url") ?? Self.anywhere, user: try secret("connection.user"),
                password: try secret("connection.password"))
        } catch {
            var located = error
            located.location = error.location ?? properties.location(of: "connection.url")
            throw located
        }
    }

    private static func table(_ plan: SinkPlan) throws(Diagnostic) -> TableName {
        let format = plan.properties.text("table.name.format") ?? "${topic}"
        // Kafka Connect names a table by its topic, which is the relation's name here.
        let parts = format.split(separator: "$", omittingEmptySubsequences: false)
        var text = String(parts[0])
        for part in parts.dropFirst() {
            guard part.hasPrefix("{topic}") else {
                text += "$" + part
                continue
            }
            text += plan.from.name.lowercased() + part.dropFirst("{topic}".count)
        }
        guard let name = TableName(text) else {
            throw plan.properties.invalid(
                "table.name.format", format, expected: "a table such as 'orders' or 'shop.orders'")
        }
        return name
    }

    /// The columns of the target out of those of the relation's rows.
    func narrowed(_ batch: Batch) -> Batch {
        if kept.count == batch.columns.count { return batch }
        return Batch(schema: target.schema, columns: kept.map { batch.columns[$0] }, count: batch.count)
    }
}
