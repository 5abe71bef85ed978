/// One SQL value: for literals, slow paths and tests, never for the hot path.
public indirect enum Value: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int32)
    case bigint(Int64)
    case double(Double)
    /// The unscaled value; the scale is the type's.
    case decimal(Int128, scale: Int)
    case string(String)
    case bytes([UInt8])
    /// Days since 1970-01-01.
    case date(Int32)
    /// Milliseconds of the day.
    case time(Int32)
    /// Milliseconds since the epoch, UTC.
    case timestamp(Int64)
    case array([Value])
    case map([(key: Value, value: Value)])
    case structure([Value])

    public static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.null, .null): return true
        case (.boolean(let a), .boolean(let b)): return a == b
        case (.integer(let a), .integer(let b)): return a == b
        case (.bigint(let a), .bigint(let b)): return a == b
        case (.double(let a), .double(let b)): return a == b || (a.isNaN && b.isNaN)
        case (.decimal(let a, let s), .decimal(let b, let t)): return a == b && s == t
        case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
        case (.bytes(let a), .bytes(let b)): return a == b
        case (.date(let a), .date(let b)): return a == b
        case (.time(let a), .time(let b)): return a == b
        case (.timestamp(let a), .timestamp(let b)): return a == b
        case (.array(let a), .array(let b)): return a == b
        case (.structure(let a), .structure(let b)): return a == b
        case (.map(let a), .map(let b)):
            return a.count == b.count
                && a.allSatisfy { entry in b.contains { $0.key == entry.key && $0.value == entry.value } }
        default: return false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .boolean(let value): hasher.combine(value)
        case .integer(let value), .date(let value), .time(let value): hasher.combine(value)
        case .bigint(let value), .timestamp(let value): hasher.combine(value)
        case .double(let value): hasher.combine(value)
        case .decimal(let value, let scale):
            hasher.combine(value)
            hasher.combine(scale)
        case .string(let value): for byte in value.utf8 { hasher.combine(byte) }
        case .bytes(let value): hasher.combine(value)
        case .array(let values), .structure(let values): hasher.combine(values)
        case .map(let entries): hasher.combine(entries.count)
        }
    }

    public var isNull: Bool { if case .null = self { return true } else { return false } }
}

extension Column {
    /// The value of a row.
    public func value(at row: Int) -> Value {
        guard isValid(row) else { return .null }
        switch type {
        case .boolean: return .boolean(booleans[row])
        case .integer: return .integer(int32s[row])
        case .bigint: return .bigint(int64s[row])
        case .double: return .double(doubles[row])
        case .decimal(_, let scale): return .decimal(decimals[row], scale: scale)
        case .string: return .string(string(at: row))
        case .bytes: return .bytes(Array(bytes(at: row)))
        case .date: return .date(int32s[row])
        case .time: return .time(int32s[row])
        case .timestamp: return .timestamp(int64s[row])
        case .array:
            let elements = children[0]
            return .array((offsets[row]..<offsets[row + 1]).map { elements.value(at: Int($0)) })
        case .map:
            let (keys, values) = (children[0], children[1])
            return .map(
                (offsets[row]..<offsets[row + 1]).map {
                    (key: keys.value(at: Int($0)), value: values.value(at: Int($0)))
                })
        case .structure:
            return .structure(children.map { $0.value(at: row) })
        }
    }
}
