import Columnar
import Planning
import TestKit

/// Random columns and rows, within what a format can hold and give back.
struct RandomRelation {
    typealias Format = SourceProperties.Format

    var random: SeededGenerator

    mutating func type(_ format: Format, isKey: Bool) -> DataType {
        if format == .kafka { return random.pick([.integer, .bigint, .double, .string, .bytes]) }
        let precision = random.int(1...38)
        let scalars: [DataType] = [
            .boolean, .integer, .bigint, .double, .string, .bytes, .date, .time, .timestamp,
            .decimal(precision: precision, scale: random.int(0...precision)),
        ]
        if isKey || format == .delimited || random.chance(60) { return random.pick(scalars) }
        return random.pick([
            .array(random.pick(scalars)), .map(key: .string, value: random.pick(scalars)),
            .structure([Field("A", random.pick(scalars)), Field("B", .array(random.pick(scalars)))]),
        ])
    }

    mutating func value(_ type: DataType, nulls: Int = 20) -> Value {
        if random.chance(nulls) { return .null }
        switch type {
        case .boolean: return .boolean(random.chance(50))
        case .integer:
            return .integer(random.pick([.min, .max, 0, Int32(truncatingIfNeeded: random.next())]))
        case .bigint: return .bigint(random.pick([.min, .max, 0, Int64(truncatingIfNeeded: random.next())]))
        case .double: return .double(random.pick([0.1, -1e300, Double(random.int(-1000...1000)) / 7]))
        case .decimal(let precision, let scale):
            let bound = Decimals.powersOfTen[precision]
            let value = (Int128(random.next() >> 1) << 64 | Int128(random.next())) % bound
            return .decimal(random.chance(50) ? -value : value, scale: scale)
        case .string: return .string(text())
        case .bytes:
            return .bytes((0...random.below(9)).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        case .date: return .date(Int32(random.int(-100_000...100_000)))
        case .time: return .time(Int32(random.below(86_400_000)))
        case .timestamp: return .timestamp(Int64(random.int(-60_000_000_000_000...90_000_000_000_000)))
        case .array(let element): return .array((0..<random.below(3)).map { _ in value(element) })
        case .map(_, let item):
            return .map((0..<random.below(3)).map { (key: .string("k\($0)\""), value: value(item)) })
        case .structure(let fields): return .structure(fields.map { value($0.type) })
        }
    }

    /// Never empty: to DELIMITED that is NULL.
    private mutating func text() -> String {
        "t"
            + (0..<random.below(9)).map { _ in
                random.pick(["a", "\\", "\"", "'", "\n", "ä", "😀", ",", "|", " "])
            }
            .joined()
    }
}
