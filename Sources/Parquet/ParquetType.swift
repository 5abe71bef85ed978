import Columnar

/// What a column is in a Parquet file: Arrow's format text, and the leaves below it.
///
/// TIME has no type in Delta tables and is written as STRING (`13:05:09.120`); TIMESTAMP is written in
/// microseconds of UTC.
enum ParquetType {
    /// The format text of the Arrow C data interface.
    /// - Parameter isNested: below an ARRAY, MAP or STRUCT, where Arrow's writer takes text with offsets but
    ///   no views.
    static func format(of type: DataType, isNested: Bool) -> String {
        switch type {
        case .boolean: return "b"
        case .integer: return "i"
        case .bigint: return "l"
        case .double: return "g"
        case .decimal(let precision, let scale): return "d:\(precision),\(scale)"
        case .string, .time: return isNested ? "U" : "vu"
        case .bytes: return isNested ? "Z" : "vz"
        case .date: return "tdD"
        case .timestamp: return "tsu:UTC"
        case .array: return "+l"
        case .map: return "+m"
        case .structure: return "+s"
        }
    }

    static func format(of narrowing: ParquetColumnOptions.Narrowing) -> String {
        switch narrowing {
        case .int8: return "c"
        case .int16: return "s"
        case .float: return "f"
        case .localTime: return "tsu:"
        }
    }

    /// A leaf column: where it is in the file, and the names that statistics know it by.
    struct Leaf {
        let dottedPath: String
        /// nil below an ARRAY, MAP or STRUCT, whose elements have no statistics.
        let names: [String]?
        let type: DataType
        let top: Int
        let topName: String
        let topType: DataType
    }

    /// The leaves in the order in which Parquet numbers them.
    static func leaves(of schema: Schema) -> [Leaf] {
        var result: [Leaf] = []
        for (top, field) in schema.fields.enumerated() {
            append(field.type, path: field.name, names: [field.name], top: (top, field), to: &result)
        }
        return result
    }

    private static func append(
        _ type: DataType, path: String, names: [String]?, top: (Int, Field),
        to result: inout [Leaf]
    ) {
        switch type {
        case .array(let element):
            append(element, path: path + ".list.element", names: nil, top: top, to: &result)
        case .map(let key, let value):
            append(key, path: path + ".key_value.key", names: nil, top: top, to: &result)
            append(value, path: path + ".key_value.value", names: nil, top: top, to: &result)
        case .structure(let fields):
            for field in fields {
                append(
                    field.type, path: path + "." + field.name, names: names.map { $0 + [field.name] },
                    top: top,
                    to: &result)
            }
        default:
            result.append(
                Leaf(
                    dottedPath: path, names: names, type: type, top: top.0, topName: top.1.name,
                    topType: top.1.type))
        }
    }
}
