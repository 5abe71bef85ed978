import Diagnostics
import Planning

/// The properties of a `delta` sink connector.
struct DeltaSinkOptions: Sendable {
    /// How a relation's column names become the table's.
    enum ColumnCase: String {
        /// `EVENT_ID`, which unquoted identifiers are, becomes `event_id`; names with small letters stay.
        case lower
        case preserve
    }

    let path: String
    let partitionColumns: [String]
    let columnCase: ColumnCase
    /// Rows of a data file, at most, before files are compacted.
    let fileRows: Int
    /// Whether small files are merged now and then.
    let compacts: Bool
    /// Whether a table that is there gets the columns that it lacks.
    let evolves: Bool
    /// How long a replaced data file is kept for readers and time travel, in milliseconds; nil when it is not
    /// given.
    let retention: Int64?
    /// How long commits are kept, in milliseconds; nil when it is not given.
    let logRetention: Int64?
    /// How long the days of a table that is partitioned by date are kept, in milliseconds; nil for ever.
    let rowRetention: Int64?
    /// Delta's own table properties, as the statement has them.
    let tableProperties: [String: String]

    static let known = [
        "connector.class", "from", "path", "partition.by", "columns.case", "file.rows", "auto.compact",
        "auto.evolve", "retention", "log.retention", "rows.retention",
    ]

    init(_ plan: SinkPlan) throws(Diagnostic) {
        let properties = plan.properties
        try properties.refuseUnknown(known: Self.known + DeltaTableProperties.known.map { $0.lowercased() })
        path = try properties.required("path", example: "data/gold/\(plan.from.name.lowercased())")
        columnCase =
            try properties.word("columns.case", of: ["lower", "preserve"]).flatMap(ColumnCase.init(rawValue:))
            ?? .lower
        fileRows = try properties.integer("file.rows", in: 1...(1 << 24)) ?? 1 << 20
        compacts = try properties.boolean("auto.compact", default: true)
        evolves = try properties.boolean("auto.evolve", default: false)
        retention = try properties.duration("retention")
        logRetention = try properties.duration("log.retention")
        tableProperties = try DeltaTableProperties.read(properties)
        let names = DeltaSinkSchema(plan.from, columnCase).schema.names
        var partitions: [String] = []
        let listed = properties.text("partition.by") ?? ""
        for part in listed.split(separator: ",") {
            let name = String(part.filter { $0 != " " })
            guard let column = names.first(where: { $0.lowercased() == name.lowercased() }) else {
                let suggestion = NearestName.suggestion(for: name, among: names)
                throw Diagnostic(
                    .unknownColumn, "\(plan.from.name) has no column \(name) to partition by",
                    at: properties.location(of: "partition.by"),
                    expected: "one of " + names.joined(separator: ", "),
                    hint: suggestion.map { "did you mean \($0)?" })
            }
            partitions.append(column)
        }
        partitionColumns = partitions
        rowRetention = try Self.rowRetention(plan, partitions, names: columnCase)
    }

    private static func rowRetention(
        _ plan: SinkPlan, _ partitions: [String], names columnCase: ColumnCase
    ) throws(Diagnostic) -> Int64? {
        let name = "rows.retention"
        guard let age = try plan.properties.duration(name) else { return nil }
        let schema = DeltaSinkSchema(plan.from, columnCase).schema
        guard plan.from.kind == .stream else {
            throw plan.properties.invalid(
                name, plan.properties.text(name) ?? "",
                expected: "nothing for a table, whose rows are upserted",
                hint: "let rows of a stream expire, which are appended")
        }
        guard partitions.contains(where: { part in schema.index(of: part).map { schema[$0].type } == .date })
        else {
            throw plan.properties.invalid(
                name, plan.properties.text(name) ?? "",
                expected: "a DATE column in 'partition.by': whole days are removed",
                hint: "add 'partition.by' with a DATE column")
        }
        return age
    }
}
