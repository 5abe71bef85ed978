import DeltaLake
import Diagnostics

/// The columns of a table as its data files have them, and how to make the table's own of them.
///
/// They differ where columns are mapped by name: files keep the name that a column was made with, also of
/// members of structures, so that it can be renamed.
struct PhysicalColumns {
    let fields: [TableField]
    /// Whether the files have names of their own.
    let hasPhysicalNames: Bool
    /// For errors.
    let path: String

    func name(_ field: TableField) -> String { hasPhysicalNames ? field.physicalName : field.name }

    /// `NULL::BIGINT AS "id", …`: names and types of all columns, for a row that is never there.
    func typedNulls() throws(Diagnostic) -> String {
        var columns: [String] = []
        for field in fields {
            let type = try DuckDBType.text(
                of: field.type, column: field.name, table: path, physicalNames: hasPhysicalNames)
            columns.append("NULL::\(type) AS \(SQLText.name(name(field)))")
        }
        return columns.joined(separator: ", ")
    }

    /// The table's columns out of the files'.
    var selection: String {
        fields.map { field in
            let column = SQLText.name(name(field))
            guard hasPhysicalNames else { return column }
            return renamed(column, field.type, depth: 0) + " AS " + SQLText.name(field.name)
        }.joined(separator: ", ")
    }

    /// A value with the members of its structures under their names in the table.
    private func renamed(_ value: String, _ type: TableType, depth: Int) -> String {
        guard hasMembers(type) else { return value }
        switch type {
        case .structure(let members):
            let parts = members.map { member in
                SQLText.name(member.name) + " := "
                    + renamed("\(value).\(SQLText.name(member.physicalName))", member.type, depth: depth)
            }
            return "CASE WHEN \(value) IS NOT NULL THEN struct_pack(\(parts.joined(separator: ", "))) END"
        case .array(let element, _):
            let name = "e\(depth)"
            let changed = renamed(name, element, depth: depth + 1)
            return "list_transform(\(value), lambda \(name): \(changed))"
        case .map(let key, let content, _):
            let name = "e\(depth)"
            let changedKey = renamed("\(name).key", key, depth: depth + 1)
            let changed = renamed("\(name).value", content, depth: depth + 1)
            return "map_from_entries(list_transform(map_entries(\(value)), lambda \(name): "
                + "{'key': \(changedKey), 'value': \(changed)}))"
        default: return value
        }
    }

    private func hasMembers(_ type: TableType) -> Bool {
        switch type {
        case .structure: true
        case .array(let element, _): hasMembers(element)
        case .map(let key, let value, _): hasMembers(key) || hasMembers(value)
        default: false
        }
    }
}
