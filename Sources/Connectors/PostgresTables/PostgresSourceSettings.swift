import Columnar
import Diagnostics
import Planning
import Postgres
import Storage

/// How a table of a database is read, as the WITH clause of its relation says.
struct PostgresSourceSettings: Sendable {
    /// The relation, for messages.
    let relation: String
    let address: PostgresAddress
    let target: ReadTarget
    /// Between two looks, milliseconds.
    var pollMilliseconds = 10_000
    /// How far before the newest row that was seen a look begins, microseconds: transactions that began
    /// earlier may commit later.
    var overlapMicroseconds: Int64 = 60_000_000
    /// Between two comparisons of the whole table, milliseconds; 0 is never.
    var compareMilliseconds: Int64 = 3_600_000
    /// How long a database that is away is waited for, milliseconds; nil is for ever.
    let patience: Int?
    var statementMilliseconds = 600_000
    /// Changes when what was read before says nothing about what is read now.
    let identity: UInt64

    init(
        _ relation: Relation, _ properties: SourceProperties, _ fileSystem: any FileSystem, patience: Int?
    ) throws(Diagnostic) {
        let options = properties.connectorOptions
        self.relation = relation.name
        self.patience = patience
        func secret(_ name: String) throws(Diagnostic) -> String? {
            guard let text = options[name] else { return nil }
            return try SecretText.resolve(text, in: fileSystem) { reason in
                Diagnostic(
                    .invalidValue, "the property '\(name)' of \(relation.name) can't be read: \(reason)")
            }
        }
        let place = options["connection.url"] == nil ? "url" : "connection.url"
        address = try PostgresAddress(
            try secret(place) ?? "", user: try secret("connection.user"),
            password: try secret("connection.password"))
        guard let table = TableName(options["table"] ?? "") else {
            throw Diagnostic(
                .invalidValue,
                "'\(options["table"] ?? "")' is no table, which 'table' of \(relation.name) names",
                expected: "a table such as 'products' or 'shop.products'")
        }
        target = ReadTarget(
            name: table, keys: relation.keys.map { Field($0.name, $0.type) },
            values: relation.recordValues.map { Field($0.name, $0.type) }, updatedAt: options["updated_at"],
            deletedAt: options["deleted_at"])
        identity = Self.identity(target)
        func duration(_ name: String) -> Int64? {
            options[name].flatMap(DurationText.parse)?.wholeMilliseconds
        }
        if let poll = duration("poll.interval") { pollMilliseconds = Int(clamping: poll) }
        if let overlap = duration("updated_at.overlap") { overlapMicroseconds = overlap &* 1000 }
        if let compare = duration("compare.interval") { compareMilliseconds = compare }
    }

    private static func identity(_ target: ReadTarget) -> UInt64 {
        var text = "\(target.name)"
        for field in target.keys + target.values { text += "\n" + field.name + " " + field.type.sql }
        text += "\n" + (target.updatedAt ?? "") + "\n" + (target.deletedAt ?? "")
        return TableImage.print(of: Array(text.utf8))
    }
}
