/// A SQL type and so the physical layout of a column.
///
/// | SQL | in memory, one row |
/// |---|---|
/// | BOOLEAN | one bit, least significant first |
/// | INTEGER, DATE (days since 1970-01-01), TIME (ms of the day) | Int32 |
/// | BIGINT, TIMESTAMP (ms since the epoch, UTC) | Int64 |
/// | DOUBLE | Float64 |
/// | DECIMAL(p, s) | Int128, the unscaled value |
/// | STRING, BYTES | `StringView`, 16 bytes, over shared buffers |
/// | ARRAY, MAP | Int32 offsets over child columns |
/// | STRUCT | child columns |
///
/// The layouts are Arrow's, so that a column is handed to Parquet without conversion of its values.
public indirect enum DataType: Hashable, Sendable {
    case boolean
    case integer
    case bigint
    case double
    case decimal(precision: Int, scale: Int)
    case string
    case bytes
    case date
    case time
    case timestamp
    case array(DataType)
    case map(key: DataType, value: DataType)
    case structure([Field])

    /// The type as SQL writes it, such as `DECIMAL(18, 2)` or ``STRUCT<`A` INTEGER>``.
    public var sql: String {
        switch self {
        case .boolean: return "BOOLEAN"
        case .integer: return "INTEGER"
        case .bigint: return "BIGINT"
        case .double: return "DOUBLE"
        case .decimal(let precision, let scale): return "DECIMAL(\(precision), \(scale))"
        case .string: return "STRING"
        case .bytes: return "BYTES"
        case .date: return "DATE"
        case .time: return "TIME"
        case .timestamp: return "TIMESTAMP"
        case .array(let element): return "ARRAY<\(element.sql)>"
        case .map(let key, let value): return "MAP<\(key.sql), \(value.sql)>"
        case .structure(let fields):
            return "STRUCT<" + fields.map { "`\($0.name)` \($0.type.sql)" }.joined(separator: ", ") + ">"
        }
    }

    /// Bytes of one value in the values buffer; 0 for bit-packed and nested types.
    public var width: Int {
        switch self {
        case .integer, .date, .time: return 4
        case .bigint, .double, .timestamp: return 8
        case .decimal, .string, .bytes: return 16
        case .boolean, .array, .map, .structure: return 0
        }
    }

    public var isNumeric: Bool {
        switch self {
        case .integer, .bigint, .double, .decimal: return true
        default: return false
        }
    }

    /// Whether values are `StringView`s.
    public var isText: Bool { self == .string || self == .bytes }
}
