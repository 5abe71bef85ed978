import Columnar

/// Values that must be there below a column: members, elements and map values that a table's schema calls
/// not NULL.
enum RequiredValues {
    /// Whether the type demands any.
    static func isDemanded(by type: TableType) -> Bool {
        switch type {
        case .structure(let fields): return fields.contains { !$0.isNullable || isDemanded(by: $0.type) }
        case .array(let element, let containsNull): return !containsNull || isDemanded(by: element)
        case .map(_, let value, let containsNull): return !containsNull || isDemanded(by: value)
        default: return false
        }
    }

    /// The path of a value that is missing; nil where all are there.
    static func missing(in column: Column, _ type: TableType, name: String) -> String? {
        switch type {
        case .structure(let fields):
            for (field, child) in zip(fields, column.children) {
                let path = name + "." + field.name
                if !field.isNullable {
                    for row in 0..<column.count where column.isValid(row) && !child.isValid(row) {
                        return path
                    }
                }
                if let missing = missing(in: child, field.type, name: path) { return missing }
            }
            return nil
        case .array(let element, let containsNull):
            return below(column, 0, element, containsNull, name + ".element")
        case .map(_, let value, let containsNull):
            return below(column, 1, value, containsNull, name + ".value")
        default: return nil
        }
    }

    private static func below(
        _ column: Column, _ child: Int, _ type: TableType, _ containsNull: Bool, _ name: String
    ) -> String? {
        let values = column.children[child]
        if !containsNull {
            for row in 0..<column.count where column.isValid(row) {
                for place in column.offsets[row]..<column.offsets[row + 1] where !values.isValid(Int(place)) {
                    return name
                }
            }
        }
        return missing(in: values, type, name: name)
    }
}
