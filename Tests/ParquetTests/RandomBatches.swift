import Columnar
import TestKit

/// Random schemas and batches from a seed.
struct RandomBatches {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }

    mutating func type(depth: Int = 2) -> DataType {
        switch below(depth > 0 ? 13 : 10) {
        case 0: return .boolean
        case 1: return .integer
        case 2: return .bigint
        case 3: return .double
        case 4:
            let precision = 1 + below(38)
            return .decimal(precision: precision, scale: below(precision + 1))
        case 5: return .string
        case 6: return .bytes
        case 7: return .date
        case 8: return .time
        case 9: return .timestamp
        case 10: return .array(type(depth: depth - 1))
        case 11: return .map(key: [.string, .bigint, .date][below(3)], value: type(depth: depth - 1))
        default:
            return .structure((0..<1 + below(3)).map { Field("m\($0)", type(depth: depth - 1)) })
        }
    }

    mutating func schema() -> Schema {
        Schema((0..<1 + below(6)).map { Field("c\($0)", type()) })
    }

    mutating func value(_ type: DataType, nullable: Bool = true) -> Value {
        if nullable, below(5) == 0 { return .null }
        switch type {
        case .boolean: return .boolean(below(2) == 0)
        case .integer:
            return .integer(below(4) == 0 ? [Int32.min, Int32.max, 0][below(3)] : Int32(below(1000)) - 500)
        case .bigint:
            return .bigint(below(4) == 0 ? [Int64.min, Int64.max, 0][below(3)] : Int64(below(100_000)))
        case .double:
            return .double(
                below(6) == 0 ? [.infinity, -.infinity, 0, -0.0][below(4)] : Double(below(9999)) / 8)
        case .decimal(let precision, let scale):
            let limit = Decimals.powersOfTen[precision] - 1
            let value = below(3) == 0 ? limit : Int128(below(1_000_000_000)) % (limit + 1)
            return .decimal(below(2) == 0 ? value : -value, scale: scale)
        case .string:
            let words = [
                "", "a", "exactly twelv", "twelve bytes", "żółw 🐢", "a longer text than twelve bytes ",
            ]
            return .string(String(repeating: words[below(words.count)], count: below(3)))
        case .bytes: return .bytes((0..<below(30)).map { UInt8(truncatingIfNeeded: $0 &* 37) })
        case .date: return .date(Int32(below(60_000)) - 20_000)
        case .time: return .time(Int32(below(86_400_000)))
        case .timestamp: return .timestamp(Int64(below(4_000_000)) * 1_000_003 - 1_000_000_000_000)
        case .array(let element): return .array((0..<below(4)).map { _ in value(element) })
        case .map(let key, let item):
            var keys: [Value] = []
            for _ in 0..<below(4) {
                let candidate = value(key, nullable: false)
                if !keys.contains(candidate) { keys.append(candidate) }
            }
            return .map(keys.map { (key: $0, value: value(item)) })
        case .structure(let fields): return .structure(fields.map { value($0.type) })
        }
    }

    mutating func batch(_ schema: Schema, rows: Int) -> Batch {
        let columns = schema.fields.map { field in
            let builder = ColumnBuilder(type: field.type, capacity: rows)
            for _ in 0..<rows { builder.append(value(field.type)) }
            return builder.finish()
        }
        return Batch(schema: schema, columns: columns, count: rows)
    }
}
