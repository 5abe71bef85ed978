import Columnar
import TestKit

/// Random schemas and rows, within what PostgreSQL can hold.
struct RandomRows {
    var dice: SeededGenerator

    init(seed: Int) { dice = SeededGenerator(seed: UInt64(seed)) }

    mutating func scalar() -> DataType {
        let precision = dice.int(1...38)
        let all: [DataType] = [
            .boolean, .integer, .bigint, .double,
            .decimal(precision: precision, scale: dice.int(0...precision)),
            .string, .bytes, .date, .time, .timestamp,
        ]
        return dice.pick(all)
    }

    mutating func type() -> DataType {
        switch dice.below(8) {
        case 0: return .array(scalar())
        case 1:
            return dice.pick([
                .map(key: .string, value: .integer), .array(.array(.integer)),
                .structure([Field("A", .string), Field("b", .array(.bigint)), Field("c", .boolean)]),
            ])
        default: return scalar()
        }
    }

    mutating func schema() -> Schema {
        Schema((0..<dice.int(1...12)).map { Field("c \($0)\"x", type()) })
    }

    mutating func value(_ type: DataType) -> Value {
        if dice.chance(15) { return .null }
        switch type {
        case .boolean: return .boolean(dice.chance(50))
        case .integer: return .integer(dice.pick([.min, .max, 0, Int32(truncatingIfNeeded: dice.next())]))
        case .bigint: return .bigint(dice.pick([.min, .max, 0, Int64(truncatingIfNeeded: dice.next())]))
        case .double:
            return .double(
                dice.pick([
                    0.1, .infinity, -.infinity, Double.leastNonzeroMagnitude,
                    Double(dice.int(-1000...1000)) / 7, -1e300,
                ]))
        case .decimal(let precision, let scale):
            let bound = Decimals.powersOfTen[dice.int(0...precision)]
            let high = Int128(dice.next() >> 1) << 64 | Int128(dice.next())
            let value = dice.chance(10) ? bound - 1 : high % bound
            // Zeros at either end, which the wire form leaves out.
            let round = dice.chance(30) ? Decimals.powersOfTen[dice.below(precision)] : 1
            return .decimal((dice.chance(50) ? -value : value) / round * round, scale: scale)
        case .string: return .string(text())
        case .bytes: return .bytes((0..<dice.int(0...40)).map { _ in UInt8(truncatingIfNeeded: dice.next()) })
        case .date: return .date(Int32(dice.int(-1_000_000...1_000_000)))
        case .time: return .time(Int32(dice.int(0...86_399_999)))
        case .timestamp: return .timestamp(Int64(dice.int(-60_000_000_000_000...90_000_000_000_000)))
        case .array(let element): return .array((0..<dice.int(0...3)).map { _ in value(element) })
        case .map(_, let item):
            return .map(
                (0..<dice.int(0...3)).map { (key: .string("k\($0)\""), value: value(item)) })
        case .structure(let fields): return .structure(fields.map { value($0.type) })
        }
    }

    private mutating func text() -> String {
        (0..<dice.int(0...30)).map { _ in dice.pick(["a", "\\", "\"", "'", "\n", "ä", "€", "😀", "{", ","]) }
            .joined()
    }

    mutating func batch(_ schema: Schema, count: Int) -> Batch {
        let columns = schema.fields.map { field in
            let builder = ColumnBuilder(type: field.type)
            for _ in 0..<count { builder.append(value(field.type)) }
            return builder.finish()
        }
        return Batch(schema: schema, columns: columns, count: count)
    }
}
