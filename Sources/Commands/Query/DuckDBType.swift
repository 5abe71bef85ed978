import DeltaLake
import Diagnostics

/// The DuckDB type of a Delta column.
enum DuckDBType {
    /// - Parameter physicalNames: whether members of structures have the names of data files.
    static func text(
        of type: TableType, column: String, table: String, physicalNames: Bool = false
    ) throws(Diagnostic) -> String {
        func inner(_ type: TableType) throws(Diagnostic) -> String {
            try text(of: type, column: column, table: table, physicalNames: physicalNames)
        }
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
        case .array(let element, _): return try inner(element) + "[]"
        case .map(let key, let value, _):
            return "MAP(\(try inner(key)), \(try inner(value)))"
        case .structure(let fields):
            var members: [String] = []
            for field in fields {
                let name = physicalNames ? field.physicalName : field.name
                members.append(SQLText.name(name) + " " + (try inner(field.type)))
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
