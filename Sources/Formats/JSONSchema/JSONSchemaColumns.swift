import Columnar

/// SQL types of JSON Schema's, as ksqlDB has them.
///
/// | JSON Schema | SQL |
/// |---|---|
/// | boolean, string, enum | BOOLEAN, STRING |
/// | integer | BIGINT; with `connect.type` int8, int16 or int32 INTEGER |
/// | number | DOUBLE; titled as Kafka Connect's Decimal DECIMAL(p, s) |
/// | string with `connect.type` bytes | BYTES |
/// | integer titled as Kafka Connect's Date, Time, Timestamp | DATE, TIME, TIMESTAMP |
/// | array, object with properties, other object | ARRAY, STRUCT, MAP<STRING, …> |
/// | one of null and one type | that type |
///
/// Properties stand in the order of their `connect.index`, else in that of the document.
public struct JSONSchemaColumns {
    private let schema: JSONSchema
    private let keepsCase: Bool
    private static let depthLimit = 64
    private static let logical = "org.apache.kafka.connect.data."

    /// - Parameter keepsCase: whether names of properties stay as they are; if not they are upper case.
    public static func type(of schema: JSONSchema, keepsCase: Bool) throws(UnsupportedType) -> DataType {
        try JSONSchemaColumns(schema: schema, keepsCase: keepsCase).type(schema.document, [])
    }

    private func type(_ given: JSONValue, _ path: [String]) throws(UnsupportedType) -> DataType {
        guard path.count < Self.depthLimit else {
            throw UnsupportedType("it nests deeper than \(Self.depthLimit) levels", path: path)
        }
        guard let json = schema.resolved(given) else {
            throw UnsupportedType("\(given["$ref"]?.text ?? "a reference") leads nowhere", path: path)
        }
        for word in ["oneOf", "anyOf"] {
            guard let branches = json[word]?.array else { continue }
            let rest = branches.filter { $0["type"]?.string != "null" }
            guard rest.count == 1 else {
                throw UnsupportedType("\(word) of \(rest.count) schemas has no SQL type", path: path)
            }
            return try type(rest[0], path + (rest[0]["$ref"] == nil ? [] : [""]))
        }
        var words = (json["type"]?.array ?? json["type"].map { [$0] } ?? []).compactMap(\.string)
        words.removeAll { $0 == "null" }
        if words.count > 1 {
            throw UnsupportedType(
                "one of the types \(words.joined(separator: ", ")) has no SQL type", path: path)
        }
        return try type(words.first, json, path)
    }

    private func type(
        _ word: String?, _ json: JSONValue, _ path: [String]
    ) throws(UnsupportedType) -> DataType {
        switch word {
        case "boolean": return .boolean
        case "integer": return integer(json)
        case "number":
            guard json["title"]?.string == Self.logical + "Decimal" else {
                return json["connect.type"]?.string.flatMap(Self.whole) ?? .double
            }
            return try decimal(json, path)
        case "string":
            if json["title"]?.string == Self.logical + "Decimal" { return try decimal(json, path) }
            return json["connect.type"]?.string == "bytes" ? .bytes : .string
        case "array": return try array(json, path)
        case "object": return try object(json, path)
        case nil where json["properties"] != nil: return try object(json, path)
        case nil where json["items"] != nil: return try array(json, path)
        case nil where json["enum"]?.array?.allSatisfy({ $0.string != nil || $0.isNull }) == true:
            return .string
        case nil where json["const"]?.string != nil: return .string
        default:
            throw UnsupportedType(
                word.map { "the type \($0) has no SQL type" } ?? "a schema without a type has no SQL type",
                path: path)
        }
    }

    private static func whole(_ connect: String) -> DataType? {
        switch connect {
        case "int8", "int16", "int32": return .integer
        case "int64": return .bigint
        default: return nil
        }
    }

    private func integer(_ json: JSONValue) -> DataType {
        switch json["title"]?.string {
        case Self.logical + "Date": return .date
        case Self.logical + "Time": return .time
        case Self.logical + "Timestamp": return .timestamp
        default: return json["connect.type"]?.string.flatMap(Self.whole) ?? .bigint
        }
    }

    private func decimal(_ json: JSONValue, _ path: [String]) throws(UnsupportedType) -> DataType {
        let parameters = json["connect.parameters"]
        func number(_ name: String) -> Int? {
            parameters?[name].flatMap { $0.int ?? $0.string.flatMap { Int($0) } }
        }
        let scale = number("scale") ?? 0
        let precision = number("connect.decimal.precision") ?? 64
        guard precision >= 1, precision <= Decimals.maximumPrecision, scale >= 0, scale <= precision else {
            throw UnsupportedType("DECIMAL(\(precision), \(scale)) is no type", path: path)
        }
        return .decimal(precision: precision, scale: scale)
    }

    private func array(_ json: JSONValue, _ path: [String]) throws(UnsupportedType) -> DataType {
        guard let items = json["items"], items.array == nil else {
            throw UnsupportedType("an array without a type of its items has no SQL type", path: path)
        }
        let element = try type(items, path + ["[]"])
        // Kafka Connect writes maps whose keys are no plain strings as arrays of entries.
        if json["connect.type"]?.string == "map", case .structure(let fields) = element,
            let key = fields.first(where: { $0.name.lowercased() == "key" }),
            let value = fields.first(where: { $0.name.lowercased() == "value" })
        {
            return .map(key: key.type, value: value.type)
        }
        return .array(element)
    }

    private func object(_ json: JSONValue, _ path: [String]) throws(UnsupportedType) -> DataType {
        guard let properties = json["properties"]?.members, json["connect.type"]?.string != "map" else {
            let others = json["additionalProperties"] ?? .boolean(true)
            guard others.members != nil else {
                throw UnsupportedType(
                    "an object without properties or a type of its values has no SQL type", path: path)
            }
            return .map(key: .string, value: try type(others, path + ["[]"]))
        }
        let order = properties.enumerated().sorted { left, right in
            let first = left.element.value["connect.index"]?.int ?? .max
            let second = right.element.value["connect.index"]?.int ?? .max
            return (first, left.offset) < (second, right.offset)
        }
        var fields: [Field] = []
        for (_, member) in order {
            let name = keepsCase ? member.name : member.name.uppercased()
            fields.append(Field(name, try type(member.value, path + [member.name])))
        }
        return .structure(fields)
    }
}
