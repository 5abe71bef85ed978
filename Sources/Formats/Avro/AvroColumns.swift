import Columnar

/// SQL types of Avro's, as ksqlDB has them.
///
/// | Avro | SQL |
/// |---|---|
/// | boolean, int, long, string | BOOLEAN, INTEGER, BIGINT, STRING |
/// | float, double | DOUBLE |
/// | bytes, fixed | BYTES; with the logical type decimal DECIMAL(p, s) |
/// | int as date, time-millis; long as timestamp-millis | DATE, TIME, TIMESTAMP |
/// | enum | STRING |
/// | array, map, record | ARRAY, MAP<STRING, …>, STRUCT |
/// | array of Kafka Connect's map entries | MAP |
/// | union of null and one type | that type |
public enum AvroColumns {
    /// - Parameter keepsCase: whether names of fields stay as they are; if not they are upper case, as SQL's
    ///   names without quotes.
    public static func type(
        of schema: AvroSchema, _ place: Int, keepsCase: Bool
    ) throws(UnsupportedType) -> DataType {
        try Walk(schema: schema, keepsCase: keepsCase).type(place, open: [], path: [])
    }

    /// Name and type of each field of a record.
    public static func fields(
        of schema: AvroSchema, _ place: Int, keepsCase: Bool
    ) throws(UnsupportedType) -> [Field] {
        let type = try type(of: schema, place, keepsCase: keepsCase)
        guard case .structure(let fields) = type else { return [] }
        return fields
    }

    /// The type with its logical type and, of named ones, its name.
    static func text(_ schema: AvroSchema, _ place: Int) -> String {
        let node = schema[place]
        if let name = node.name { return "\(node.word) \(name)" }
        return node.word
    }

    private struct Walk {
        let schema: AvroSchema
        let keepsCase: Bool

        func type(_ place: Int, open: Set<Int>, path: [String]) throws(UnsupportedType) -> DataType {
            let place = schema.withoutNull(place)
            let node = schema[place]
            guard !open.contains(place) else {
                throw UnsupportedType("\(node.branch) contains itself", path: path)
            }
            let open = open.union([place])
            switch node.kind {
            case .boolean: return .boolean
            case .int:
                switch node.logical {
                case .date: return .date
                case .timeMillis: return .time
                default: return .integer
                }
            case .long: return node.logical == .timestampMillis ? .timestamp : .bigint
            case .float, .double: return .double
            case .string, .enumeration: return .string
            case .bytes, .fixed:
                guard case .decimal(let precision, let scale) = node.logical else { return .bytes }
                guard precision <= Decimals.maximumPrecision else {
                    throw UnsupportedType(
                        "a decimal of \(precision) digits, and DECIMAL has at most 38", path: path)
                }
                return .decimal(precision: precision, scale: scale)
            case .array(let items):
                if let map = try map(items, open, path) { return map }
                return .array(try type(items, open: open, path: path))
            case .map(let values):
                return .map(key: .string, value: try type(values, open: open, path: path))
            case .record(let fields):
                var members: [Field] = []
                for field in fields {
                    let name = keepsCase ? field.name : field.name.uppercased()
                    members.append(
                        Field(name, try type(field.type, open: open, path: path + [field.name])))
                }
                return .structure(members)
            case .null: throw UnsupportedType("null alone has no SQL type", path: path)
            case .union(let branches):
                let names = branches.map { schema[$0].branch }.joined(separator: ", ")
                throw UnsupportedType("a union of \(names) has no SQL type", path: path)
            }
        }

        /// Kafka Connect writes maps whose keys are no plain strings as arrays of entries.
        private func map(
            _ items: Int, _ open: Set<Int>, _ path: [String]
        ) throws(UnsupportedType) -> DataType? {
            guard schema[items].property("connect.internal.type")?.string == "MapEntry",
                case .record(let fields) = schema[items].kind,
                let key = fields.first(where: { $0.name == "key" }),
                let value = fields.first(where: { $0.name == "value" })
            else { return nil }
            return .map(
                key: try type(key.type, open: open, path: path),
                value: try type(value.type, open: open, path: path))
        }
    }
}
