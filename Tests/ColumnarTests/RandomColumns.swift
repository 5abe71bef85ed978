import Columnar
import TestKit

/// Random columns with NULLs, and the values they were made of.
struct RandomColumns {
    var dice: SeededGenerator

    init(seed: Int) { dice = SeededGenerator(seed: UInt64(seed)) }

    static let types: [DataType] = [
        .boolean, .integer, .bigint, .double, .decimal(precision: 20, scale: 3), .string, .bytes, .date,
        .time,
        .timestamp, .array(.string), .array(.array(.integer)), .map(key: .string, value: .boolean),
        .structure([Field("A", .string), Field("B", .array(.bigint)), Field("C", .boolean)]),
    ]

    mutating func value(_ type: DataType) -> Value {
        if dice.chance(15) { return .null }
        switch type {
        case .boolean: return .boolean(dice.chance(50))
        case .integer: return .integer(Int32(truncatingIfNeeded: dice.next()))
        case .bigint: return .bigint(Int64(truncatingIfNeeded: dice.next()))
        case .double: return .double(Double(dice.int(-1000...1000)) / 8)
        case .decimal(_, let scale): return .decimal(Int128(dice.int(-1_000_000...1_000_000)), scale: scale)
        case .string:
            return .string(
                String(
                    (0..<dice.int(0...30)).map { _ in dice.pick(["a", "b", "ä", "€", "😀"]) }.joined().prefix(
                        20)))
        case .bytes: return .bytes((0..<dice.int(0...30)).map { _ in UInt8(truncatingIfNeeded: dice.next()) })
        case .date: return .date(Int32(dice.int(-100_000...100_000)))
        case .time: return .time(Int32(dice.int(0...86_399_999)))
        case .timestamp: return .timestamp(Int64(dice.int(-4_000_000_000_000...4_000_000_000_000)))
        case .array(let element): return .array((0..<dice.int(0...3)).map { _ in value(element) })
        case .map(let key, let item):
            var entries: [(key: Value, value: Value)] = []
            for _ in 0..<dice.int(0...3) {
                let next = value(key)
                if !next.isNull, !entries.contains(where: { $0.key == next }) {
                    entries.append((key: next, value: value(item)))
                }
            }
            return .map(entries)
        case .structure(let fields): return .structure(fields.map { value($0.type) })
        }
    }

    mutating func values(_ type: DataType, count: Int) -> [Value] { (0..<count).map { _ in value(type) } }

    static func column(_ type: DataType, _ values: [Value]) -> Column {
        let builder = ColumnBuilder(type: type)
        for value in values { builder.append(value) }
        return builder.finish()
    }

    static func values(of column: Column) -> [Value] { (0..<column.count).map { column.value(at: $0) } }
}
