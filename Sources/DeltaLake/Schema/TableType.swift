import Columnar

/// The type of a table's column, as the Delta protocol names it.
///
/// | Delta | column |
/// |---|---|
/// | boolean, string, binary, date | BOOLEAN, STRING, BYTES, DATE |
/// | double, decimal(p,s) | DOUBLE, DECIMAL(p, s) |
/// | byte, short, integer | INTEGER |
/// | long | BIGINT |
/// | float | DOUBLE |
/// | timestamp (UTC), timestamp_ntz | TIMESTAMP, cut to milliseconds |
/// | array, map, struct | ARRAY, MAP, STRUCT |
///
/// The other way, INTEGER becomes integer, DOUBLE double, and TIME, which Delta has no type for, a string
/// such as `13:05:09.120`.
public indirect enum TableType: Equatable, Sendable {
    case boolean
    case byte
    case short
    case integer
    case long
    case float
    case double
    case decimal(precision: Int, scale: Int)
    case string
    case binary
    case date
    case timestamp
    case timestampWithoutZone
    case array(TableType, containsNull: Bool)
    case map(key: TableType, value: TableType, valueContainsNull: Bool)
    case structure([TableField])
    /// A type that this program does not know, by its name.
    case unknown(String)

    /// The type of a new table's column.
    public init(_ type: DataType) {
        switch type {
        case .boolean: self = .boolean
        case .integer: self = .integer
        case .bigint: self = .long
        case .double: self = .double
        case .decimal(let precision, let scale): self = .decimal(precision: precision, scale: scale)
        case .string, .time: self = .string
        case .bytes: self = .binary
        case .date: self = .date
        case .timestamp: self = .timestamp
        case .array(let element): self = .array(TableType(element), containsNull: true)
        case .map(let key, let value):
            self = .map(key: TableType(key), value: TableType(value), valueContainsNull: true)
        case .structure(let fields):
            self = .structure(fields.map { TableField(name: $0.name, type: TableType($0.type)) })
        }
    }

    /// The column that holds such values; nil for a type that is not known.
    public var columnType: DataType? {
        switch self {
        case .boolean: return .boolean
        case .byte, .short, .integer: return .integer
        case .long: return .bigint
        case .float, .double: return .double
        case .decimal(let precision, let scale):
            return (1...Decimals.maximumPrecision).contains(precision) && (0...precision).contains(scale)
                ? .decimal(precision: precision, scale: scale) : nil
        case .string: return .string
        case .binary: return .bytes
        case .date: return .date
        case .timestamp, .timestampWithoutZone: return .timestamp
        case .array(let element, _): return element.columnType.map { .array($0) }
        case .map(let key, let value, _):
            guard let key = key.columnType, let value = value.columnType else { return nil }
            return .map(key: key, value: value)
        case .structure(let fields):
            var members: [Field] = []
            for field in fields {
                guard let type = field.type.columnType else { return nil }
                members.append(Field(field.name, type))
            }
            return .structure(members)
        case .unknown: return nil
        }
    }

    /// Whether rows of a column of type `type` can be written to such a column as they are.
    func accepts(_ type: DataType) -> Bool {
        switch (self, type) {
        case (.structure(let fields), .structure(let members)):
            return fields.count == members.count
                && zip(fields, members).allSatisfy { $0.name == $1.name && $0.type.accepts($1.type) }
        case (.array(let element, _), .array(let type)): return element.accepts(type)
        case (.map(let key, let value, _), .map(let keyType, let valueType)):
            return key.accepts(keyType) && value.accepts(valueType)
        default: return self == TableType(type)
        }
    }

    /// As a person reads it: `decimal(18,2)`.
    public var text: String {
        switch self {
        case .boolean: return "boolean"
        case .byte: return "byte"
        case .short: return "short"
        case .integer: return "integer"
        case .long: return "long"
        case .float: return "float"
        case .double: return "double"
        case .decimal(let precision, let scale): return "decimal(\(precision),\(scale))"
        case .string: return "string"
        case .binary: return "binary"
        case .date: return "date"
        case .timestamp: return "timestamp"
        case .timestampWithoutZone: return "timestamp_ntz"
        case .array(let element, _): return "array<\(element.text)>"
        case .map(let key, let value, _): return "map<\(key.text),\(value.text)>"
        case .structure(let fields):
            return "struct<" + fields.map { "\($0.name):\($0.type.text)" }.joined(separator: ",") + ">"
        case .unknown(let name): return name
        }
    }
}
