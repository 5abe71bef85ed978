import Diagnostics
import Testing

@Suite("Rendering of a diagnostic")
struct DiagnosticRenderingTests {
    private static let script = "-- gold\nSELECT evnt_id FROM raw_events;\n"

    private static let unknownColumn = Diagnostic(
        .unknownColumn, "column EVNT_ID does not exist in RAW_EVENTS",
        at: SourceLocation(in: script, file: "medallion.sql", offset: 15, length: 7),
        expected: "one of EVENT_ID, EVENT_TYPE", hint: "did you mean EVENT_ID?")

    @Test("shows place, line, carets, expectation and next step")
    func whole() {
        #expect(
            Self.unknownColumn.rendered() == """
                error: column EVNT_ID does not exist in RAW_EVENTS
                 --> medallion.sql:2:8
                  |
                2 | SELECT evnt_id FROM raw_events;
                  |        ^^^^^^^
                  = expected: one of EVENT_ID, EVENT_TYPE
                  = next: did you mean EVENT_ID?
                """)
    }

    @Test("fits in one line")
    func oneLine() {
        #expect(
            Self.unknownColumn.oneLine
                == "medallion.sql:2:8: column EVNT_ID does not exist in RAW_EVENTS; "
                + "expected: one of EVENT_ID, EVENT_TYPE; next: did you mean EVENT_ID?")
        #expect(Diagnostic(.io, "disk full").oneLine == "disk full")
    }

    @Test("is one JSON object")
    func json() {
        #expect(
            Self.unknownColumn.json == #"{"code":"unknown_column","message":"column EVNT_ID does not exist"#
                + #" in RAW_EVENTS","file":"medallion.sql","line":2,"column":8,"offset":15,"length":7,"#
                + #""source":"SELECT evnt_id FROM raw_events;","expected":"one of EVENT_ID, EVENT_TYPE","#
                + #""hint":"did you mean EVENT_ID?"}"#)
        #expect(
            Diagnostic(.io, "a\"b\\c\n\u{1}é\u{2028}").json
                == #"{"code":"io","message":"a\"b\\c\n\u0001é\u2028"}"#)
    }

    @Test("shows no place when there is none")
    func withoutPlace() {
        #expect(
            Diagnostic(.io, "disk full", hint: "free some").rendered()
                == "error: disk full\n  = next: free some")
    }

    @Test("shows a place without its text")
    func withoutText() {
        let place = SourceLocation(file: "a.csv", line: 12, column: 3)
        #expect(Diagnostic(.malformedData, "bad", at: place).rendered() == "error: bad\n  --> a.csv:12:3")
    }

    @Test("puts carets under wide characters, tabs and at the end of a line")
    func widths() {
        func marker(_ text: String, _ offset: Int, _ length: Int) -> String {
            let place = SourceLocation(in: text, offset: offset, length: length)
            return String(Diagnostic(.syntax, "x", at: place).rendered().split(separator: "\n").last ?? "")
        }
        #expect(marker("a\tbc", 2, 2) == "  |      ^^")
        #expect(marker("'日本' x", 9, 1) == "  |        ^")
        #expect(marker("'日本' x", 0, 8) == "  | ^^^^^^")
        #expect(marker("abc", 3, 0) == "  |    ^")
        #expect(marker("ab\ncd", 1, 4) == "  |  ^")
        #expect(marker("e\u{301}b", 3, 1) == "  |  ^")
    }

    @Test("cuts a very long line around the place")
    func longLine() {
        let text = String(repeating: "a, ", count: 5_000) + "BAD" + String(repeating: ", b", count: 5_000)
        let place = SourceLocation(in: text, offset: 15_000, length: 3)
        let lines = Diagnostic(.syntax, "x", at: place).rendered().split(separator: "\n")
        #expect(lines[3].hasPrefix("1 | …") && lines[3].hasSuffix("…") && lines[3].count < 120)
        let caret = lines[4].firstIndex(of: "^").map { lines[4].distance(from: lines[4].startIndex, to: $0) }
        let bad = Array(lines[3]).firstIndex(of: "B")
        #expect(caret == bad)
    }

    @Test("lets no control character of the input through")
    func controlCharacters() {
        let place = SourceLocation(in: "SELECT \u{1B}[2J\u{7}x\u{202E}", offset: 7, length: 1)
        let text = Diagnostic(.syntax, "found \u{1B}[31m\nred", at: place).rendered()
        let allowed = text.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && $0 != "\u{202E}") }
        #expect(allowed)
        #expect(text.split(separator: "\n").count == 5)
    }

    @Test("finds line and column after any line end, and stays inside the text")
    func places() {
        let crlf = SourceLocation(in: "a\r\nbc\r\n", offset: 4, length: 1)
        #expect(crlf.line == 2 && crlf.column == 2 && crlf.sourceLine == "bc")
        let beyond = SourceLocation(in: "ab", offset: 99, length: 5)
        #expect(beyond.line == 1 && beyond.column == 3 && beyond.length == 0)
        let empty = SourceLocation(in: "", offset: -1, length: 1)
        #expect(empty.line == 1 && empty.column == 1 && empty.sourceLine == "")
    }
}
