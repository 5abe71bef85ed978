import Columnar
import Foundation
import TestKit
import Testing

@Suite struct DecimalsTests {
    private func parse(_ text: String) -> (unscaled: Int128, scale: Int)? {
        var text = text
        return text.withUTF8 { Decimals.parse(UnsafeRawBufferPointer($0)) }
    }

    private func parse(_ text: String, precision: Int, scale: Int) -> Int128? {
        var text = text
        return text.withUTF8 {
            Decimals.parse(UnsafeRawBufferPointer($0), precision: precision, scale: scale)
        }
    }

    @Test func textGoesThereAndBack() {
        var dice = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            let digits = (0..<dice.int(1...38)).map { _ in String(dice.int(0...9)) }.joined()
            let unscaled = Int128((dice.chance(50) ? "-" : "") + digits)!
            let scale = dice.int(0...38)
            let text = Decimals.text(unscaled, scale: scale)
            let back = parse(text)
            #expect(back?.unscaled == unscaled && back?.scale == scale, "\(text)")
        }
    }

    @Test func roundsHalfAwayFromZero() {
        #expect(parse("0.99", precision: 2, scale: 1) == 10)
        #expect(parse("0.05", precision: 2, scale: 1) == 1)
        #expect(parse("-0.05", precision: 2, scale: 1) == -1)
        #expect(parse("0.04", precision: 2, scale: 1) == 0)
        #expect(parse("9.95", precision: 2, scale: 1) == nil)
        #expect(parse("1e3", precision: 6, scale: 2) == 100_000)
        #expect(parse("12e-1", precision: 6, scale: 2) == 120)
        #expect(Decimals.rescale(15, from: 1, to: 0) == 2)
        #expect(Decimals.rescale(-15, from: 1, to: 0) == -2)
        #expect(Decimals.rescale(Int128.max, from: 0, to: 1) == nil)
        #expect(Decimals.rescale(1, from: 60, to: 2) == 0)
    }

    @Test func longFractionsAreCutAndLongNumbersRefused() {
        let long = "0." + String(repeating: "3", count: 60)
        #expect(parse(long, precision: 10, scale: 4) == 3333)
        #expect(parse("1." + String(repeating: "0", count: 50), precision: 10, scale: 4) == 10_000)
        #expect(parse(String(repeating: "9", count: 39)) == nil)
        #expect(parse(String(repeating: "0", count: 99) + "7")?.unscaled == 7)
    }

    @Test func malformedTextIsRefused() {
        for text in [
            "", "-", ".", "+.", "1.2.3", "1e", "e5", "1e+", "1x", " 1", "1 ", "--1", "1e1234567", "0x1",
        ] {
            #expect(parse(text) == nil, "\(text)")
        }
        var dice = SeededGenerator(seed: 2)
        for _ in 0..<20_000 {
            let bytes = (0..<dice.int(0...12)).map { _ in dice.pick(Array("0123456789.eE+- x\u{0}".utf8)) }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let (unscaled, scale) = parse(text), abs(scale) < 60 else { continue }
            let foundation = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
            let exact = Decimal(string: "\(unscaled)e\(-scale)", locale: Locale(identifier: "en_US_POSIX"))
            #expect(foundation == exact, "\(text)")
        }
    }

    @Test func doublesAreTheNearest() {
        var dice = SeededGenerator(seed: 3)
        for _ in 0..<2000 {
            let unscaled = Int128(Int64(truncatingIfNeeded: dice.next())) * Int128(dice.int(1...1_000_000))
            let scale = dice.int(0...30)
            let expected = Double(Decimals.text(unscaled, scale: scale))!
            #expect(Decimals.double(unscaled, scale: scale) == expected)
        }
    }
}
