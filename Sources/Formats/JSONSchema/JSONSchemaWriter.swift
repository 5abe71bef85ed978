import Columnar

/// JSON Schemas of columns, with Kafka Connect's annotations, as ksqlDB registers them for its topics.
///
/// Every value may be null. MAPs are objects, as their data is.
public enum JSONSchemaWriter {
    /// An object of the columns.
    public static func object(_ fields: [Field]) -> JSONValue {
        var properties: [JSONValue.Member] = []
        for (index, field) in fields.enumerated() {
            let members: [JSONValue.Member] = [
                .init("connect.index", .number(index)),
                .init("oneOf", [["type": "null"], type(field.type)]),
            ]
            properties.append(.init(field.name, .object(members)))
        }
        return ["type": "object", "properties": .object(properties)]
    }

    /// The schema of a column whose value is the whole record.
    public static func value(_ type: DataType) -> JSONValue {
        ["oneOf": [["type": "null"], Self.type(type)]]
    }

    private static func optional(_ type: DataType) -> JSONValue {
        ["oneOf": [["type": "null"], Self.type(type)]]
    }

    private static func type(_ type: DataType) -> JSONValue {
        switch type {
        case .boolean: return ["type": "boolean"]
        case .integer: return ["type": "integer", "connect.type": "int32"]
        case .bigint: return ["type": "integer", "connect.type": "int64"]
        case .double: return ["type": "number", "connect.type": "float64"]
        case .string: return ["type": "string"]
        case .bytes: return ["type": "string", "connect.type": "bytes"]
        case .date: return logical("int32", "Date")
        case .time: return logical("int32", "Time")
        case .timestamp: return logical("int64", "Timestamp")
        case .decimal(let precision, let scale):
            return [
                "type": "number", "title": "org.apache.kafka.connect.data.Decimal", "connect.version": 1,
                "connect.type": "bytes",
                "connect.parameters": [
                    "scale": .string(String(scale)), "connect.decimal.precision": .string(String(precision)),
                ],
            ]
        case .array(let element): return ["type": "array", "items": optional(element)]
        case .map(_, let value):
            return ["type": "object", "connect.type": "map", "additionalProperties": optional(value)]
        case .structure(let fields): return object(fields)
        }
    }

    private static func logical(_ connect: String, _ title: String) -> JSONValue {
        [
            "type": "integer", "title": .string("org.apache.kafka.connect.data." + title),
            "connect.version": 1, "connect.type": .string(connect),
        ]
    }
}
