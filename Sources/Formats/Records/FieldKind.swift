import Columnar

/// A column's type, as small as a switch in a hot loop wants it.
enum FieldKind: UInt8 {
    case boolean, integer, bigint, double, decimal, string, bytes, date, time, timestamp, nested

    init(_ type: DataType) {
        switch type {
        case .boolean: self = .boolean
        case .integer: self = .integer
        case .bigint: self = .bigint
        case .double: self = .double
        case .decimal: self = .decimal
        case .string: self = .string
        case .bytes: self = .bytes
        case .date: self = .date
        case .time: self = .time
        case .timestamp: self = .timestamp
        case .array, .map, .structure: self = .nested
        }
    }
}

/// Kind and, for decimals, precision and scale: all that a conversion needs to know of a type.
struct ScalarType {
    let kind: FieldKind
    let precision: Int
    let scale: Int
    /// 10^precision, which a decimal stays below.
    let bound: Int128

    init(_ type: DataType) {
        kind = FieldKind(type)
        if case .decimal(let precision, let scale) = type {
            self.precision = precision
            self.scale = scale
            bound = Decimals.powersOfTen[min(max(precision, 0), 38)]
        } else {
            precision = 0
            scale = 0
            bound = 0
        }
    }
}
