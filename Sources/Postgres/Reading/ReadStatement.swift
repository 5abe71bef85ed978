import Columnar
import Diagnostics

/// The statement that reads a table as it is; made only where what is wanted fits what is there.
struct ReadStatement {
    private let selection: String
    private let updatedAt: (name: String, isWithZone: Bool)?

    /// - Throws: a diagnostic that names the first column that is missing or does not fit.
    init(_ target: ReadTarget, _ table: TableDescription) throws(Diagnostic) {
        let keys = try Self.columns(target.keys, target, table)
        let values = try Self.columns(target.values, target, table)
        try Self.checkKey(target, table)
        var time = "NULL::bigint"
        if let name = target.updatedAt {
            let column = try Self.column(name, "updated_at", target, table)
            guard column.wire == .timestamp else {
                throw Diagnostic(
                    .schemaMismatch,
                    "column \"\(column.name)\" of table \(target.name), which 'updated_at' names, is "
                        + column.typeName,
                    expected: "timestamp with time zone, or without one in UTC",
                    hint: "name another column, or leave 'updated_at' out: the whole table is compared then")
            }
            updatedAt = (SQLName.quoted(column.name), column.typeOID == 1184)
            let place = "t." + SQLName.quoted(column.name)
            time =
                "CASE WHEN isfinite(\(place)) THEN (extract(epoch FROM \(place)) * 1000000)::bigint END"
        } else {
            updatedAt = nil
        }
        var isDeleted = "FALSE"
        if let name = target.deletedAt {
            let column = try Self.column(name, "deleted_at", target, table)
            let place = "t." + SQLName.quoted(column.name)
            isDeleted = column.wire == .boolean ? "coalesce(\(place), FALSE)" : "\(place) IS NOT NULL"
        }
        let key = keys.count == 1 ? "to_json(\(keys[0].expression))::text" : Self.object(keys)
        selection =
            "SELECT \(key), CASE WHEN NOT (\(isDeleted)) THEN \(Self.object(values)) END, \(time) "
            + "FROM \(target.name.quoted) t"
    }

    /// - Parameter since: microseconds since the epoch: rows that say that they are older are left out. nil
    ///   reads all.
    func text(since: Int64?) -> String {
        guard let since, let updatedAt else { return selection }
        let type = updatedAt.isWithZone ? "TIMESTAMPTZ" : "TIMESTAMP"
        // Exact, which a number of seconds in floating point is not.
        let start = "\(type) 'epoch' + \(since) * INTERVAL '1 microsecond'"
        return selection + " WHERE t.\(updatedAt.name) >= \(start) ORDER BY t.\(updatedAt.name)"
    }

    private static func object(_ columns: [ReadColumn]) -> String {
        guard !columns.isEmpty else { return "'{}'" }
        let list = columns.map { $0.expression + " AS " + SQLName.quoted($0.name) }
        return "(SELECT row_to_json(r) FROM (SELECT \(list.joined(separator: ", "))) r)::text"
    }

    private static func columns(
        _ fields: [Field], _ target: ReadTarget, _ table: TableDescription
    ) throws(Diagnostic) -> [ReadColumn] {
        var columns: [ReadColumn] = []
        for field in fields {
            let column = try column(field.name, nil, target, table)
            guard let read = ReadColumn(field, column) else {
                throw Diagnostic(
                    .schemaMismatch,
                    "column \"\(column.name)\" of table \(target.name) is \(column.typeName), and "
                        + "\(field.name) is declared \(field.type.sql)",
                    expected: expected(column),
                    hint: "declare \(field.name) \(expected(column)); STRING takes any type as its text")
            }
            columns.append(read)
        }
        return columns
    }

    /// The declaration that a column's values fit.
    private static func expected(_ column: TableColumn) -> String {
        switch column.wire {
        case .boolean: return "BOOLEAN"
        case .int2, .int4: return "INTEGER"
        case .int8: return "BIGINT"
        case .float4, .float8: return "DOUBLE"
        case .numeric:
            let digits = column.typeName.drop { $0 != "(" }
            return digits.isEmpty ? "DECIMAL(38, 9)" : "DECIMAL" + digits
        case .bytea: return "BYTES"
        case .date: return "DATE"
        case .time: return "TIME"
        case .timestamp: return "TIMESTAMP"
        case .json, .jsonb: return "a STRUCT, MAP or ARRAY"
        case .array: return "an ARRAY of its elements"
        case .text, .uuid, nil: return "STRING"
        }
    }

    private static func column(
        _ name: String, _ property: String?, _ target: ReadTarget, _ table: TableDescription
    ) throws(Diagnostic) -> TableColumn {
        if let column = TableFit.column(name, in: table) { return column }
        let suggestion = NearestName.suggestion(for: name, among: table.columns.map(\.name))
        throw Diagnostic(
            .schemaMismatch,
            "table \(target.name) has no column \"\(name)\""
                + (property.map { ", which '\($0)' names" } ?? ""),
            expected: "one of " + table.columns.map(\.name).joined(separator: ", "),
            hint: suggestion.map { "did you mean \($0)?" })
    }

    /// Views have no keys: whoever names one knows what tells its rows apart.
    private static func checkKey(_ target: ReadTarget, _ table: TableDescription) throws(Diagnostic) {
        guard ["r", "p", "v", "m", "f"].contains(table.kind) else {
            throw Diagnostic(
                .unsupported, "\(target.name) is no table (its kind is '\(table.kind)')",
                expected: "a table or a view")
        }
        guard ["r", "p"].contains(table.kind) else { return }
        let names = target.keys.map { TableFit.column($0.name, in: table)?.name ?? $0.name }
        let isUnique = table.uniqueSets.contains { $0.isSubset(of: names) }
        guard !isUnique else { return }
        throw Diagnostic(
            .schemaMismatch,
            "nothing says that \(names.joined(separator: ", ")) tells rows of table \(target.name) apart: "
                + "it has no primary key or unique index of these columns",
            expected: "a unique key as PRIMARY KEY",
            hint: "declare the table's key as PRIMARY KEY, or CREATE UNIQUE INDEX ON \(target.name.quoted) "
                + "(\(SQLName.list(names)))")
    }
}
