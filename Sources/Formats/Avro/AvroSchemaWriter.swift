import Columnar

/// Avro schemas of columns, as ksqlDB registers them for its topics.
///
/// Every value may be null, so types are unions with null first and null as the default. Records are named
/// by the way that leads to them: `KsqlDataSourceSchema`, `KsqlDataSourceSchema_ADDRESS`. MAPs are arrays of
/// entries, since their keys may be null as well.
public struct AvroSchemaWriter {
    /// The namespace and name that ksqlDB's value schemas have where a statement gives none.
    public static let standardName = "io.confluent.ksql.avro_schemas.KsqlDataSourceSchema"

    private let namespace: String
    private let name: String

    /// - Parameter fullName: of the record, with its namespace.
    public init(fullName: String = standardName) {
        let parsed = AvroName(fullName)
        namespace = parsed.namespace
        name = parsed.simple
    }

    /// Whether the text can name a record.
    public static func isName(_ text: String) -> Bool { AvroName(text).isValid }

    /// Whether the text can name a field.
    public static func isFieldName(_ text: String) -> Bool { AvroName.isValid(text) }

    /// A record of the columns.
    public func record(_ fields: [Field]) -> JSONValue {
        var isFirst = true
        return record(fields, name, isFirst: &isFirst)
    }

    /// The bare type of a column whose value is the whole record.
    public func value(_ type: DataType) -> JSONValue {
        var isFirst = true
        return self.type(type, name, isFirst: &isFirst)
    }

    private func record(_ fields: [Field], _ name: String, isFirst: inout Bool) -> JSONValue {
        var members: [JSONValue.Member] = [.init("type", "record"), .init("name", .string(name))]
        // Names inside are in the namespace of the outermost.
        if isFirst, !namespace.isEmpty { members.append(.init("namespace", .string(namespace))) }
        isFirst = false
        var list: [JSONValue] = []
        for field in fields {
            let type = optional(field.type, name + "_" + field.name, isFirst: &isFirst)
            list.append(["name": .string(field.name), "type": type, "default": .null])
        }
        members.append(.init("fields", .array(list)))
        members.append(.init("connect.name", .string(full(name))))
        return .object(members)
    }

    private func full(_ name: String) -> String { namespace.isEmpty ? name : namespace + "." + name }

    private func optional(_ type: DataType, _ name: String, isFirst: inout Bool) -> JSONValue {
        .array(["null", self.type(type, name, isFirst: &isFirst)])
    }

    private func type(_ type: DataType, _ name: String, isFirst: inout Bool) -> JSONValue {
        switch type {
        case .boolean: return "boolean"
        case .integer: return "int"
        case .bigint: return "long"
        case .double: return "double"
        case .string: return "string"
        case .bytes: return "bytes"
        case .date: return logical("int", "date", "Date")
        case .time: return logical("int", "time-millis", "Time")
        case .timestamp: return logical("long", "timestamp-millis", "Timestamp")
        case .decimal(let precision, let scale):
            return [
                "type": "bytes", "scale": .number(scale), "precision": .number(precision),
                "connect.version": 1,
                "connect.parameters": [
                    "scale": .string(String(scale)), "connect.decimal.precision": .string(String(precision)),
                ],
                "connect.name": "org.apache.kafka.connect.data.Decimal", "logicalType": "decimal",
            ]
        case .array(let element):
            return ["type": "array", "items": optional(element, name, isFirst: &isFirst)]
        case .map(let key, let value):
            return map(key, value, name, isFirst: &isFirst)
        case .structure(let fields): return record(fields, name, isFirst: &isFirst)
        }
    }

    private func logical(_ type: String, _ logical: String, _ connect: String) -> JSONValue {
        [
            "type": .string(type), "connect.version": 1,
            "connect.name": .string("org.apache.kafka.connect.data." + connect),
            "logicalType": .string(logical),
        ]
    }

    private func map(
        _ key: DataType, _ value: DataType, _ name: String, isFirst: inout Bool
    ) -> JSONValue {
        var members: [JSONValue.Member] = [.init("type", "record"), .init("name", .string(name))]
        if isFirst, !namespace.isEmpty { members.append(.init("namespace", .string(namespace))) }
        isFirst = false
        let keyType = optional(key, name + "_MapKey", isFirst: &isFirst)
        let valueType = optional(value, name + "_MapValue", isFirst: &isFirst)
        members.append(
            .init(
                "fields",
                [
                    ["name": "key", "type": keyType, "default": .null],
                    ["name": "value", "type": valueType, "default": .null],
                ]))
        members.append(.init("connect.internal.type", "MapEntry"))
        return ["type": "array", "items": .object(members), "connect.name": .string(full(name))]
    }
}
