import Columnar
import TestKit
import Testing

@testable import Formats

/// Random records through the predicting decoder, the general one and a slow model: one answer.
@Suite("JSON fuzzing")
struct JSONDifferentialTests {
    static let fields = [
        DecodedField("id", .string), DecodedField("N", .integer), DecodedField("big", .bigint),
        DecodedField("price", .double), DecodedField("money", .decimal(precision: 12, scale: 3)),
        DecodedField("ok", .boolean), DecodedField("at", .timestamp), DecodedField("Tag", .string),
        DecodedField("list", .array(.integer)),
        DecodedField("a key that is longer than sixteen bytes", .string),
        DecodedField("raw", .bytes), DecodedField("never", .string),
    ]

    @Test(arguments: 0..<Fuzz.seeds) func threeWaysGiveOneAnswer(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var generator = RecordGenerator(random: SeededGenerator(seed: seed ^ 0xABCDEF))
        let style = RecordGenerator.Style(random: &random)
        let predicting = JSONDecoder(fields: Self.fields)
        let general = JSONDecoder(fields: Self.fields, isWrapped: true, isPredicting: false)
        var records = 0
        for _ in 0..<3 {
            var lines: [[UInt8]] = []
            for _ in 0..<random.below(250) { lines.append(generator.line(style)) }
            var bytes = lines.joined(separator: [0x0A]) + (random.once(in: 2) ? [0x0A] : [])
            // What lies behind the range must not matter.
            let end = bytes.count
            if random.once(in: 2) { bytes += Array("\",\"id\":\"x\"}\n{\"id\":\"".utf8) }
            let data = buffer(bytes)
            let first = predicting.decode(data, range: 0..<end)
            let second = general.decode(data, range: 0..<end)
            compare(first, second, data, seed: seed)
            compareWithModel(second, data, lines, seed: seed)
            records += 2 * first.count
            let framed = predicting.decode(data, frames: second.frames)
            compare(framed, general.decode(data, frames: second.frames), data, seed: seed)
            #expect(framed.rows() == second.rows(), "seed \(seed)")
        }
        if style.keepsLayout { #expect(predicting.predictedCount > records / 4, "seed \(seed): \(style)") }
    }

    private func compare(_ first: DecodedRecords, _ second: DecodedRecords, _ data: Buffer, seed: UInt64) {
        #expect(first.count == second.count, "seed \(seed)")
        #expect(first.errors == second.errors, "seed \(seed)")
        #expect(first.end == second.end, "seed \(seed)")
        guard first.count == second.count else { return }
        for row in 0..<first.count {
            let left = first.columns.map { $0.value(at: row) }
            let right = second.columns.map { $0.value(at: row) }
            #expect(first.frames.range(row) == second.frames.range(row), "seed \(seed) row \(row)")
            if left != right {
                let record = first.frames.range(row).map { text(data, $0) } ?? ""
                Issue.record("seed \(seed) row \(row): \(record)\npredicted \(left)\ngeneral \(right)")
                return
            }
        }
        for (left, right) in zip(first.columns, second.columns) {
            #expect(left.nullCount == right.nullCount, "seed \(seed)")
            #expect((left.validity == nil) == (left.nullCount == 0), "seed \(seed)")
        }
    }

    private func text(_ data: Buffer, _ range: Range<Int>) -> String {
        let bytes = UnsafeRawBufferPointer(start: data.pointer + range.lowerBound, count: range.count)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func compareWithModel(
        _ decoded: DecodedRecords, _ data: Buffer, _ lines: [[UInt8]], seed: UInt64
    ) {
        var row = 0
        for line in lines.flatMap({ $0.split(separator: 0x0A, omittingEmptySubsequences: false) }) {
            let line = Array(line)
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            defer { row += 1 }
            guard row < decoded.count else {
                Issue.record("seed \(seed): only \(decoded.count) records")
                return
            }
            let expected = ObviousRecord.decode(line, Self.fields)
            let found = decoded.columns.map { $0.value(at: row) }
            let isBad = decoded.errors.contains { $0.row == row }
            if (expected == nil) != isBad || (expected ?? Self.fields.map { _ in .null }) != found {
                let text = String(decoding: line, as: UTF8.self)
                Issue.record(
                    "seed \(seed) row \(row): \(text)\nmodel \(String(describing: expected))\nfound \(found)")
                return
            }
        }
        #expect(row == decoded.count, "seed \(seed)")
    }

    @Test(arguments: 0..<Fuzz.seeds) func randomBytesDoNoHarm(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let decoder = JSONDecoder(fields: Self.fields)
        _ = decoder.decode("{\"id\":\"x\",\"N\":1,\"big\":2,\"price\":1.5,\"list\":[1,2],\"raw\":\"AAAA\"}\n")
        let alphabet =
            Array("{}[]\":,\\u0019eE.+-truefalsn \n\r\t\u{e9}idN".utf8) + [0xFF, 0x00, 0xC0, 0xED, 0xA0]
        for _ in 0..<200 {
            let bytes = (0..<random.below(80)).map { _ in random.pick(alphabet) }
            let data = buffer(bytes)
            let decoded = decoder.decode(data)
            for row in 0..<decoded.count { _ = decoded.columns.map { $0.value(at: row) } }
            let parsed = try? JSONValue(parsing: bytes)
            let obvious = ObviousJSON.parse(bytes)
            #expect((parsed == nil) == (obvious == nil), "seed \(seed): \(bytes)")
        }
    }
}
