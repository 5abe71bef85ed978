import Diagnostics
import Formats
import Testing

@testable import Commands

@Suite("Values as people write them")
struct TextValueTests {
    @Test("moments are versions or times")
    func moments() throws {
        #expect(try QueryMoment.parse("12", flag: "--at") == .version(12))
        #expect(try QueryMoment.parse("2026-11-20T12:00:00Z", flag: "--at") == .time(1_795_176_000_000))
        #expect(throws: Diagnostic.self) { try QueryMoment.parse("-1", flag: "--at") }
    }

    @Test("numbers for people")
    func numbers() {
        #expect(NumberDisplay.grouped(-1_234_567) == "-1,234,567")
        #expect(NumberDisplay.grouped(999) == "999")
        #expect(NumberDisplay.grouped(Int64.min) == "-9,223,372,036,854,775,808")
        #expect(NumberDisplay.bytes(999) == "999 B")
        #expect(NumberDisplay.bytes(999_999) == "1.0 MB")
        #expect(NumberDisplay.duration(milliseconds: 0.0) == "0 ms")
        #expect(NumberDisplay.duration(milliseconds: 9.94) == "9.9 ms")
        #expect(NumberDisplay.duration(milliseconds: 59_949.0) == "59.9 s")
        #expect(NumberDisplay.duration(milliseconds: 59_960.0) == "1m 00s")
        #expect(NumberDisplay.duration(milliseconds: 7_500_000.0) == "2h 05m")
        #expect(NumberDisplay.duration(milliseconds: Double.infinity) == "?")
        #expect(NumberDisplay.wholeSeconds(milliseconds: 999) == "0 s")
        #expect(NumberDisplay.wholeSeconds(milliseconds: 59_999) == "59 s")
        #expect(NumberDisplay.wholeSeconds(milliseconds: 72_400) == "1m 12s")
        #expect(NumberDisplay.rate(0.44) == "0.4/s")
        #expect(NumberDisplay.rate(12_345.4) == "12,345/s")
        #expect(NumberDisplay.share(1, of: 100_000) == "< 0.1 %")
        #expect(NumberDisplay.fixed(-0.04, decimals: 1) == "0.0")
    }

    @Test("text is cut to its columns, wide characters counted twice")
    func widths() {
        #expect(DisplayWidth.cut("millrace", to: 8) == "millrace")
        #expect(DisplayWidth.cut("millrace", to: 5) == "mill…")
        #expect(DisplayWidth.of("日本") == 4)
        #expect(DisplayWidth.of(DisplayWidth.cut("日本語", to: 4)) <= 4)
        #expect(DisplayWidth.visible("a\u{1B}[2Jb\nc") == "a\u{FFFD}[2Jb\u{FFFD}c")
        #expect(Sparkline.text([0, 1, 4, 8]) == " ▁▄█")
    }

    @Test(
        "words for a shell are one word each", arguments: ["data", "a b", "it's", "", "$(rm x)", "a;b", "é"])
    func shellWords(text: String) throws {
        let word = ShellText.word(text)
        #expect(word == text || (word.hasPrefix("'") && word.hasSuffix("'")))
        #expect(word.contains("$") ? word.hasPrefix("'") : true)
    }

    @Test("base64 of dead letters")
    func base64() {
        #expect(Base64.bytes(of: "/+8A") == [0xFF, 0xEF, 0x00])
        #expect(Base64.bytes(of: "TQ==") == [0x4D])
        #expect(Base64.bytes(of: "T Q") == nil)
    }
}
