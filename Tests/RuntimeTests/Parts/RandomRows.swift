import Columnar
import TestKit

/// Types and values at random, for tests of what keeps or moves rows.
enum RandomRows {
    static func type(depth: Int = 2, using random: inout SeededGenerator) -> DataType {
        switch Int.random(in: 0..<(depth > 0 ? 13 : 10), using: &random) {
        case 0: return .boolean
        case 1: return .integer
        case 2: return .bigint
        case 3: return .double
        case 4: return .decimal(precision: 20, scale: 3)
        case 5: return .string
        case 6: return .bytes
        case 7: return .date
        case 8: return .time
        case 9: return .timestamp
        case 10: return .array(type(depth: depth - 1, using: &random))
        case 11: return .map(key: .string, value: type(depth: depth - 1, using: &random))
        default:
            return .structure(
                (0..<Int.random(in: 1...3, using: &random)).map {
                    Field("F\($0)", type(depth: depth - 1, using: &random))
                })
        }
    }

    static func value(_ type: DataType, using random: inout SeededGenerator) -> Value {
        if Int.random(in: 0..<5, using: &random) == 0 { return .null }
        switch type {
        case .boolean: return .boolean(Bool.random(using: &random))
        case .integer: return .integer(Int32.random(in: .min ... .max, using: &random))
        case .bigint: return .bigint(Int64.random(in: .min ... .max, using: &random))
        case .double: return .double(Double.random(in: -1e9...1e9, using: &random))
        case .decimal(_, let scale):
            return .decimal(Int128(Int64.random(in: .min ... .max, using: &random)) * 7, scale: scale)
        case .string: return .string(String(repeating: "aé", count: Int.random(in: 0...12, using: &random)))
        case .bytes: return .bytes((0..<Int.random(in: 0...20, using: &random)).map { UInt8($0) })
        case .date: return .date(Int32.random(in: -9_999...99_999, using: &random))
        case .time: return .time(Int32.random(in: 0..<86_400_000, using: &random))
        case .timestamp: return .timestamp(Int64.random(in: -1_000_000...1_000_000, using: &random))
        case .array(let element):
            return .array(
                (0..<Int.random(in: 0...3, using: &random)).map { _ in value(element, using: &random) })
        case .map(_, let value):
            return .map(
                (0..<Int.random(in: 0...3, using: &random)).map {
                    (key: .string("k\($0)"), value: self.value(value, using: &random))
                })
        case .structure(let fields): return .structure(fields.map { value($0.type, using: &random) })
        }
    }

    static func column(_ type: DataType, _ values: [Value]) -> Column {
        let builder = ColumnBuilder(type: type)
        for value in values { builder.append(value) }
        return builder.finish()
    }
}
