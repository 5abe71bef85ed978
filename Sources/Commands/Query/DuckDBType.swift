import DeltaLake
import Diagnostics

/// The DuckDB type of a Delta column.
enum DuckDBType {
    static func text(of type: TableType, column: String, table: String) throws(Diagnostic) -> String {
        switch type {
        case .boolean: return "BOOLEAN"
        case .byte: return "TINYINT"
        case .short: return "SMALLINT"
        case .integer: return "INTEGER"
        case .long: return "BIGINT"
        case .float: return "FLOAT"
        case .double: return "DOUBLE"
        case .decimal(let precision, let scale): return "DECIMAL(\(precision),\(scale))"
        case .string: return "VARCHAR"
        case .binary: return "BLOB"
        case .date: return "DATE"
        case .timestamp: return "TIMESTAMPTZ"
        case .timestampWithoutZone: return "TIMESTAMP"
        case .array(let element, _): return try text(of: element, column: column, table: table) + "[]"
        case .map(let key, let value, _):
            let key = try text(of: key, column: column, table: table)
            return "MAP(\(key), \(try text(of: value, column: column, table: table)))"
        case .structure(let fields):
            var members: [String] = []
            for field in fields {
                let type = try text(of: field.type, column: column, table: table)
                members.append(SQLText.name(field.name) + " " + type)
            }
            return "STRUCT(\(members.joined(separator: ", ")))"
        case .unknown(let name):
            throw Diagnostic(
                .unsupported,
                "column \(column) of the table at \(table) has the type \(name), which is not known",
                hint: "query the table with an engine that knows the type")
        }
    }
}
