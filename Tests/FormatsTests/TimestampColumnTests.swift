import Columnar
import TestKit
import Testing

@testable import Formats

@Suite("Timestamp columns")
struct TimestampColumnTests {
    @Test func columnsFollowTheRulesOfSingleTexts() {
        var random = SeededGenerator(seed: 11)
        var texts: [String?] = [
            nil, "", "x", "2026-11-18", "2026-11-18T23:50:00.123Z", "2026-11-18T23:50:60Z",
        ]
        for _ in 0..<20_000 {
            func digits(_ count: Int) -> String {
                String((0..<count).map { _ in random.pick(Array("0123456789")) })
            }
            let date =
                random.once(in: 5)
                ? "\(digits(4))-\(digits(2))-\(digits(2))"
                : "2026-0\(1 + random.below(9))-1\(random.below(10))"
            let clock =
                random.once(in: 5)
                ? "\(digits(2)):\(digits(2)):\(digits(2))"
                : "1\(random.below(10)):4\(random.below(10)):0\(random.below(10))"
            let fraction = random.pick([
                "", ".\(digits(3))", ".\(digits(3))", ".\(digits(6))", ",\(digits(1))",
            ])
            let zone = random.pick(["Z", "Z", "", "+01:00", "-0330", "z"])
            var text = date + random.pick(["T", "T", " ", "t"]) + clock + fraction + zone
            if random.once(in: 10), let place = text.indices.randomElement(using: &random) {
                text.replaceSubrange(place...place, with: random.pick(["x", "", "9", ":", "Z", "é"]))
            }
            texts.append(text)
        }
        let builder = ColumnBuilder(type: .string)
        for text in texts { if let text { builder.append(text) } else { builder.appendNull() } }
        let parsed = TimestampColumn.parse(builder.finish())
        #expect(parsed.type == .timestamp)
        for (row, text) in texts.enumerated() {
            let expected = text.flatMap { TimestampText.parse($0) }.map { Value.timestamp($0) } ?? .null
            #expect(parsed.value(at: row) == expected, "\(text ?? "NULL")")
        }
    }

    @Test func aColumnWithoutNullsHasNoValidity() {
        let builder = ColumnBuilder(type: .string)
        builder.append("2026-11-18T23:50:00.123Z")
        #expect(TimestampColumn.parse(builder.finish()).validity == nil)
    }
}
