import Columnar
import TestKit

/// Random schemas and values.
struct ValueGenerator {
    var random: SeededGenerator

    mutating func schema(nests: Bool) -> Schema {
        Schema((0..<1 + random.below(8)).map { Field("f\($0)", type(depth: nests ? 0 : 3)) })
    }

    mutating func type(depth: Int) -> DataType {
        switch random.below(depth < 3 ? 14 : 10) {
        case 0: return .boolean
        case 1: return .integer
        case 2: return .bigint
        case 3: return .double
        case 4:
            let precision = 1 + random.below(38)
            return .decimal(precision: precision, scale: random.below(precision + 1))
        case 5: return .string
        case 6: return .bytes
        case 7: return .date
        case 8: return .time
        case 9: return .timestamp
        case 10, 11: return .array(type(depth: depth + 1))
        case 12: return .map(key: .string, value: type(depth: depth + 1))
        default:
            return .structure((0..<1 + random.below(4)).map { Field("m\($0)", type(depth: depth + 1)) })
        }
    }

    mutating func batch(_ schema: Schema, rows: Int) -> Batch {
        let columns = schema.fields.map { field -> Column in
            let builder = ColumnBuilder(type: field.type)
            for _ in 0..<rows { builder.append(value(field.type)) }
            return builder.finish()
        }
        return Batch(schema: schema, columns: columns, count: rows)
    }

    mutating func value(_ type: DataType) -> Value {
        if random.once(in: 6) { return .null }
        switch type {
        case .boolean: return .boolean(random.once(in: 2))
        case .integer: return .integer(Int32(truncatingIfNeeded: integer()))
        case .bigint: return .bigint(integer())
        case .double: return .double(double())
        case .decimal(let precision, let scale):
            let digits = Int128(integer()) &* Int128(integer()) &* Int128(1 + random.below(1_000_000_000))
            return .decimal(digits % Decimals.powersOfTen[precision], scale: scale)
        case .string: return .string(text())
        case .bytes:
            return .bytes(
                (0..<random.pick([0, 1, 2, 3, 11, 12, 13, 40])).map { _ in UInt8(random.below(256)) })
        case .date: return .date(Int32(random.below(80_000)) - 40_000)
        case .time: return .time(Int32(random.below(86_400_000)))
        case .timestamp: return .timestamp(Int64(random.below(8_000_000_000_000)) - 4_000_000_000_000)
        case .array(let element): return .array((0..<random.below(4)).map { _ in value(element) })
        case .map(_, let item):
            return .map((0..<random.below(4)).map { (key: .string("k\($0)" + text()), value: value(item)) })
        case .structure(let fields): return .structure(fields.map { value($0.type) })
        }
    }

    private mutating func integer() -> Int64 {
        let bits = Int64(bitPattern: random.next())
        return random.pick([0, 1, -1, .max, .min, bits, bits >> 20, bits >> 40, bits >> 55])
    }

    private mutating func double() -> Double {
        switch random.below(6) {
        case 0:
            return random.pick([
                0, -0.0, .infinity, -.infinity, .nan, 1e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
            ])
        case 1: return Double(random.below(100_000)) / 100
        case 2: return Double(random.below(1_000_000_000)) / -10
        case 3: return Double(Int64(bitPattern: random.next()))
        default:
            let value = Double(bitPattern: random.next())
            return value.isNaN ? 0.1 : value
        }
    }

    private mutating func text() -> String {
        let scalars = Array("abcXYZ 019,;\"\\/\n\r\t\u{0}\u{1F}\u{7F}é日😀#!-".unicodeScalars)
        var result = ""
        for _ in 0..<random.pick([0, 1, 2, 5, 12, 13, 30]) {
            result.unicodeScalars.append(random.pick(scalars))
        }
        return result
    }
}
