import Columnar
import TestKit
import Testing

@testable import Formats

@Suite("Lines")
struct LinesDecoderTests {
    @Test func eachLineIsOneText() {
        let data = buffer("first\r\n\n  \t\r\nsecond line, which is longer\nlast é")
        let decoded = LinesDecoder(name: "line").decode(data)
        #expect(
            decoded.column(0) == [
                .string("first"), .string("second line, which is longer"), .string("last é"),
            ])
        #expect(decoded.texts(data) == ["first", "second line, which is longer", "last é"])
        #expect(decoded.frames.start(1) == 13)
        #expect(decoded.end == data.capacity)
    }

    @Test func aLineThatIsNotUTF8KeepsItsBytesAndPlace() {
        let overlong: [UInt8] = [0x61, 0xC0, 0x80, 0x0A, 0x62, 0x0A, 0xED, 0xA0, 0x80, 0x0A]
        let data = buffer(overlong)
        let decoded = LinesDecoder(name: "line").decode(data)
        #expect(decoded.column(0) == [.null, .string("b"), .null])
        #expect(decoded.codes == [0: .badUTF8, 2: .badUTF8])
        #expect(decoded.errors[0].reason.message == "the line is not UTF-8 at byte 1")
        #expect(decoded.rawColumn(of: data).value(at: 0) == .bytes([0x61, 0xC0, 0x80]))
    }

    @Test func framesMayHoldLineEnds() {
        let data = buffer("a\nb")
        let decoded = LinesDecoder(name: "line").decode(data, frames: RecordFrames([0..<3, nil, 1..<1]))
        #expect(decoded.column(0) == [.string("a\nb"), .null, .string("")])
        #expect(decoded.errors.isEmpty)
        #expect(decoded.rawColumn(of: data).value(at: 1) == .null)
    }

    /// Against the standard library, which knows the rules of UTF-8.
    @Test(arguments: 0..<Fuzz.seeds) func textIsUTF8WhenTheStandardLibrarySaysSo(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<3000 {
            var bytes = Array(String(random.pick(Array("aé日😀\u{7FF}\u{800}\u{FFFF}\u{10FFFF}"))).utf8)
            for _ in 0..<random.below(12) {
                bytes += Array(String(random.pick(Array("abcdefgé日😀"))).utf8)
            }
            if random.once(in: 2) {
                let leads: [UInt8] = [
                    0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF,
                ]
                bytes[random.below(bytes.count)] = random.pick(leads)
            }
            if random.once(in: 4) { bytes.removeLast() }
            let isValid = bytes.withUnsafeBytes { UTF8Check.isValid($0) }
            #expect(isValid == (String(validating: bytes, as: UTF8.self) != nil), "seed \(seed): \(bytes)")
        }
    }
}
