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
    /// The target's columns, made of those.
    private let written: [PostgresSinkColumn]
    /// Where refused rows go; nil for the state directory.
    let deadLetters: String?

    private static let known = [
        "auto.create", "auto.evolve", "batch.size", "columns.case", "connection.idle", "connection.limit",
        "connection.password", "connection.url", "connection.user", "connection.wait", "connector.class",
        "dead_letters", "delete.enabled", "fields.whitelist", "from", "insert.mode", "pk.fields",
        "pk.mode", "statement.timeout", "table.name.format",
    ]
    /// Rows of a COPY: enough that its round trips do not show.
    private static let pieceRows = 1 << 16

    /// - Parameter readsSecrets: false where nobody connects: `${env:…}`, `${file:…}` are not looked up.
    init(
        _ plan: SinkPlan, _ fileSystem: any FileSystem, readsSecrets: Bool = true
    ) throws(Diagnostic) {
        let properties = plan.properties
        // The planner has looked at the names of Kafka Connect's, of which there are many.
        if plan.connect == nil { try properties.refuseUnknown(known: Self.known) }
        address = try Self.address(properties, fileSystem, readsSecrets: readsSecrets)
        let isFolded = try properties.word("quote.sql.identifiers", of: ["always", "never"]) == "never"
        pool = try PoolLimits(properties)
        let columnCase =
            try properties.word("columns.case", of: ["lower", "preserve"])
            .flatMap(DeltaSinkOptions.ColumnCase.init(rawValue:))
            ?? (plan.connect == nil ? .lower : .preserve)
        columns = DeltaSinkSchema(plan.from, columnCase)
        deadLetters = properties.text("dead_letters")
        let record = try plan.connect?.record(of: plan.from, properties)
        let all: [PostgresSinkColumn]
        let keys: [String]
        if let record {
            let chosen = ConnectColumns(plan, record, columns) { name in
                let isUpper = columnCase == .lower && name == name.uppercased()
                return isFolded || isUpper ? name.lowercased() : name
            }
            (all, keys) = (chosen.columns, chosen.keyNames)
        } else {
            all = columns.schema.fields.enumerated().map { PostgresSinkColumn($1, .place($0)) }
            keys = columns.recordKeys(plan.from)
        }
        let keying = try PostgresSinkKeying(plan, names: all.map(\.field.name), keys: keys)
        written = try Self.written(all, keying, plan)
        target = TableTarget(
            name: try Self.table(plan, topic: record?.topic, isFolded: isFolded),
            schema: Schema(written.map(\.field)), key: keying.key, mode: keying.mode,
            deletes: keying.deletes && record?.passesDeletions != false,
            creates: try properties.boolean("auto.create", default: false),
            evolves: try properties.boolean("auto.evolve", default: false),
            pieceRows: try properties.integer("batch.size", in: 1...(1 << 20)) ?? Self.pieceRows)
    }

    /// Those of the whitelist, and the key.
    private static func written(
        _ all: [PostgresSinkColumn], _ keying: PostgresSinkKeying, _ plan: SinkPlan
    ) throws(Diagnostic) -> [PostgresSinkColumn] {
        guard let listed = plan.properties.text("fields.whitelist"), !listed.isEmpty else { return all }
        let names = try PostgresSinkKeying.names(
            listed, "fields.whitelist", among: all.map(\.field.name), plan)
        return all.filter { names.contains($0.field.name) || keying.key.contains($0.field.name) }
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

    /// - Parameter topic: what `${topic}` stands for; nil for the relation's name.
    private static func table(
        _ plan: SinkPlan, topic: String?, isFolded: Bool
    ) throws(Diagnostic) -> TableName {
        let format = plan.properties.text("table.name.format") ?? "${topic}"
        let topic = topic ?? plan.from.name.lowercased()
        let parts = format.split(separator: "$", omittingEmptySubsequences: false)
        var text = String(parts[0])
        for part in parts.dropFirst() {
            guard part.hasPrefix("{topic}") else {
                text += "$" + part
                continue
            }
            text += topic + part.dropFirst("{topic}".count)
        }
        guard let name = TableName(isFolded ? text.lowercased() : text) else {
            throw plan.properties.invalid(
                "table.name.format", format, expected: "a table such as 'orders' or 'shop.orders'")
        }
        return name
    }

    /// The columns of the target out of those of the relation's rows.
    func narrowed(_ batch: Batch, times: Column) -> Batch {
        Batch(
            schema: target.schema, columns: written.map { $0.column(of: batch, times: times) },
            count: batch.count)
    }
}
