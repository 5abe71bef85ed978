import Columnar
import TestKit
import Testing

@testable import Formats

/// Numbers against the standard library and a model with lists of digits.
@Suite("Numbers")
struct NumberTokenTests {
    private func text(_ random: inout SeededGenerator) -> String {
        func digits(_ count: Int) -> String {
            String((0..<count).map { _ in random.pick(Array("0123456789")) })
        }
        var whole = digits(random.pick([1, 1, 2, 5, 15, 16, 17, 18, 19, 20, 21, 38, 39, 60]))
        while whole.hasPrefix("0") && whole.count > 1 { whole.removeFirst() }
        if random.once(in: 10) {
            whole = random.pick([
                "18446744073709551616", "184467440737095516160", "1844674407370955161600123", "0",
            ])
        }
        var text = (random.once(in: 4) ? "-" : "") + whole
        if random.once(in: 2) { text += "." + digits(random.pick([1, 2, 3, 9, 17, 18, 19, 30, 50])) }
        if random.once(in: 3) {
            text += random.pick(["e", "E", "e+", "e-", "E-"]) + digits(random.pick([1, 1, 2, 3, 12]))
        }
        return text
    }

    @Test(arguments: 0..<Fuzz.seeds) func valuesAreThoseOfTheModel(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let text = text(&random)
            var copy = text
            copy.withUTF8 { bytes in
                guard let base = UnsafeRawPointer(bytes.baseAddress) else { return }
                for token in [NumberToken.json(base, 0, bytes.count), .lenient(base, 0, bytes.count)] {
                    #expect(token.end == bytes.count, "\(text)")
                    check(token, base, text, scale: random.below(25))
                }
            }
        }
    }

    private func check(_ token: NumberToken, _ base: UnsafeRawPointer, _ text: String, scale: Int) {
        let double = Double(text).flatMap { $0.isFinite ? $0 : nil }
        #expect(token.double(base, from: 0)?.bitPattern == double?.bitPattern, "\(text)")
        guard let digits = ObviousRecord.Digits(text) else {
            Issue.record("the model does not read \(text)")
            return
        }
        let whole = digits.whole.flatMap { Int64(exactly: $0) }
        #expect(token.int64(base, from: 0) == whole, "\(text)")
        let rounded = digits.rounded(scale).flatMap { Decimals.fits($0, precision: 38) ? $0 : nil }
        let decimal = token.decimal(base, from: 0, scale: scale, isRounding: true)
            .flatMap { Decimals.fits($0, precision: 38) ? $0 : nil }
        #expect(decimal == rounded, "\(text) at scale \(scale)")
    }

    @Test func whatIsNoNumberIsRefused() {
        func end(_ text: String, isLenient: Bool) -> Int {
            var text = text
            return text.withUTF8 { bytes in
                guard let base = UnsafeRawPointer(bytes.baseAddress) else { return -1 }
                return isLenient
                    ? NumberToken.lenient(base, 0, bytes.count).end
                    : NumberToken.json(base, 0, bytes.count).end
            }
        }
        for text in ["-", "+1", ".5", "x", "1.", "1.e3", "1e", "1e+", "-.5"] {
            #expect(end(text, isLenient: false) == -1, "\(text)")
        }
        for text in ["-", "+", ".", "x", "1x", "1e", "1.2.3", "1e5x", "e5", "--1", "0x10", "1_000"] {
            #expect(end(text, isLenient: true) == -1, "\(text)")
        }
        for text in ["+5", "007", ".5", "5.", "-.5e1"] {
            #expect(end(text, isLenient: true) == text.utf8.count, "\(text)")
        }
        // A digit behind a leading zero is not part of the number.
        #expect(end("012", isLenient: false) == 1)
    }
}
