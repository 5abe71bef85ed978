import Columnar
import Formats

/// The columns of a table, partition columns included, in the order in which they are shown.
public struct TableSchema: Equatable, Sendable {
    public let fields: [TableField]

    public init(_ fields: [TableField]) { self.fields = fields }

    /// The schema of a new table that is to hold such batches.
    public init(_ schema: Schema) {
        fields = schema.fields.map { TableField(name: $0.name, type: TableType($0.type)) }
    }

    /// Where a column is; its case does not matter, as in Spark.
    public func index(of name: String) -> Int? {
        fields.firstIndex { $0.name == name }
            ?? fields.firstIndex { $0.name.lowercased() == name.lowercased() }
    }

    /// The path of the first column, or of what is below one, with something in its own metadata.
    func column(with key: String) -> String? {
        for field in fields {
            if field.metadata.contains(where: { $0.name == key }) { return field.name }
            if let below = field.type.column(with: key) { return field.name + "." + below }
        }
        return nil
    }

    /// The schema of batches read from the table.
    public func columns(at location: String) throws(DeltaError) -> Schema {
        var columns: [Field] = []
        for field in fields {
            guard let type = field.type.columnType else {
                throw .unsupported(
                    "type \(field.type.text) of column \(field.name)", at: location, doing: "read")
            }
            columns.append(Field(field.name, type))
        }
        return Schema(columns)
    }
}

// The JSON form that the log keeps.
extension TableSchema {
    init?(json: String) {
        guard let value = JSONValue.parse(json), value["type"]?.string == "struct",
            let fields = TableType.fields(value)
        else { return nil }
        self.fields = fields
    }

    var json: String { TableType.structure(fields).jsonValue.text }
}

extension TableType {
    fileprivate static func fields(_ value: JSONValue) -> [TableField]? {
        guard let elements = value["fields"]?.array else { return nil }
        var fields: [TableField] = []
        for element in elements {
            guard let name = element["name"]?.string,
                let type = element["type"].flatMap({ TableType(json: $0) })
            else {
                return nil
            }
            fields.append(
                TableField(
                    name: name, type: type, isNullable: element["nullable"]?.boolean ?? true,
                    metadata: element["metadata"]?.members ?? []))
        }
        return fields
    }

    private init?(json value: JSONValue) {
        if let name = value.string {
            self = TableType.primitive(name)
            return
        }
        switch value["type"]?.string {
        case "struct":
            guard let fields = TableType.fields(value) else { return nil }
            self = .structure(fields)
        case "array":
            guard let element = value["elementType"].flatMap({ TableType(json: $0) }) else { return nil }
            self = .array(element, containsNull: value["containsNull"]?.boolean ?? true)
        case "map":
            guard let key = value["keyType"].flatMap({ TableType(json: $0) }),
                let item = value["valueType"].flatMap({ TableType(json: $0) })
            else { return nil }
            self = .map(key: key, value: item, valueContainsNull: value["valueContainsNull"]?.boolean ?? true)
        default: return nil
        }
    }

    private static func primitive(_ name: String) -> TableType {
        switch name {
        case "boolean": return .boolean
        case "byte": return .byte
        case "short": return .short
        case "integer": return .integer
        case "long": return .long
        case "float": return .float
        case "double": return .double
        case "string": return .string
        case "binary": return .binary
        case "date": return .date
        case "timestamp": return .timestamp
        case "timestamp_ntz": return .timestampWithoutZone
        case "decimal": return .decimal(precision: 10, scale: 0)
        default:
            guard name.hasPrefix("decimal("), name.hasSuffix(")") else { return .unknown(name) }
            let digits = name.dropFirst(8).dropLast().split(separator: ",").map { part in
                Int(part.filter { $0 != " " })
            }
            guard digits.count == 2, let precision = digits[0], let scale = digits[1] else {
                return .unknown(name)
            }
            return .decimal(precision: precision, scale: scale)
        }
    }

    fileprivate var jsonValue: JSONValue {
        switch self {
        case .structure(let fields):
            let values = fields.map { field -> JSONValue in
                [
                    "name": .string(field.name), "type": field.type.jsonValue,
                    "nullable": .boolean(field.isNullable),
                    "metadata": .object(field.metadata),
                ]
            }
            return ["type": .string("struct"), "fields": .array(values)]
        case .array(let element, let containsNull):
            return [
                "type": .string("array"), "elementType": element.jsonValue,
                "containsNull": .boolean(containsNull),
            ]
        case .map(let key, let value, let valueContainsNull):
            return [
                "type": .string("map"), "keyType": key.jsonValue, "valueType": value.jsonValue,
                "valueContainsNull": .boolean(valueContainsNull),
            ]
        default: return .string(text)
        }
    }
}

extension TableType {
    fileprivate func column(with key: String) -> String? {
        switch self {
        case .structure(let fields): return TableSchema(fields).column(with: key)
        case .array(let element, _): return element.column(with: key)
        case .map(let mapKey, let value, _): return mapKey.column(with: key) ?? value.column(with: key)
        default: return nil
        }
    }
}
