import Diagnostics
import Formats
import Foundation
import Testing

@testable import Shell

/// `Golden/WIDTH.txt` hold what is drawn at a terminal of that width.
///
/// With MILLRACE_UPDATE_GOLDEN=1 they are written anew; read the difference before committing it.
@Suite("Drawing of answers")
struct DrawingTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden")

    private static let rows: [[JSONValue]] = [
        [
            "user_1", "/products/ecological-coffee-maker?ref=newsletter&campaign=autumn", 371,
            .number("3.50"),
            "2026-11-21T16:00:00.000", ["a", "b"],
        ],
        ["user_2", "日本語のページ", -7, nil, "2026-11-21T16:00:01.000", []],
        ["ユーザー", "NULL", 9_007_199_254_740_993, .number("12000000.00"), nil, nil],
        ["user_4", nil, 0, .number("0.05"), "2026-11-21T16:00:03.000", ["👍🏽", "é", "a\tb\nc"]],
    ]
    private static let columns = [
        AnswerColumn(name: "USER_ID", type: "STRING"), AnswerColumn(name: "PAGE", type: "STRING"),
        AnswerColumn(name: "VIEWS", type: "BIGINT"), AnswerColumn(name: "TOTAL", type: "DECIMAL(10, 2)"),
        AnswerColumn(name: "LAST_SEEN", type: "TIMESTAMP"),
        AnswerColumn(name: "TAGS", type: "ARRAY<STRING>"),
    ]

    private static func printed(
        _ columns: [AnswerColumn], _ rows: [[JSONValue]], width: Int, isEndless: Bool
    ) -> String {
        let captured = CapturedTerminal(columns: width)
        var printer = RowPrinter(.table, captured.terminal, isEndless: isEndless)
        let start = ContinuousClock.now
        printer.begin(columns, now: start)
        if isEndless { printer.tick(now: start + .seconds(1)) }
        for row in rows { printer.row(row, isGone: false) }
        printer.end()
        return captured.output
    }

    private static func entity(_ text: String, width: Int) throws -> String {
        let report = EntityReport(try JSONValue(parsing: text))
        return report.blocks.flatMap { $0.lines(room: width, paint: .plain) }.map { $0 + "\n" }.joined()
    }

    private static func all(width: Int) throws -> String {
        var text = "=== pull\n" + printed(columns, rows, width: width, isEndless: false)
        text += "=== push, its first rows still to come\n"
        text += printed(columns, rows, width: width, isEndless: true)
        text += "=== two columns\n"
        text += printed(
            Array(columns[0...1]), rows.map { Array($0[0...1]) }, width: width, isEndless: false)
        text += "=== no rows\n" + printed(Array(columns[0...1]), [], width: width, isEndless: false)
        for (name, body) in entities { text += "=== \(name)\n" + (try entity(body, width: width)) }
        return text
    }

    private static let entities = [
        (
            "SHOW STREAMS",
            """
            {"@type":"streams","streams":[{"name":"CLICKS","topic":"clicks","keyFormat":"KAFKA",
            "valueFormat":"JSON","isWindowed":false},{"name":"A_STREAM_WITH_A_LONG_NAME","topic":"t",
            "keyFormat":"KAFKA","valueFormat":"AVRO","isWindowed":true}]}
            """
        ),
        ("SHOW TABLES", #"{"@type":"tables","tables":[]}"#),
        (
            "SHOW QUERIES",
            """
            {"@type":"queries","queries":[{"id":"CSAS_ORDERS_ENRICHED_3","queryType":"PERSISTENT",
            "state":"RUNNING","sinks":["ORDERS_ENRICHED"],"queryString":
            "CREATE STREAM ORDERS_ENRICHED AS SELECT\\n *\\nFROM CLICKS LEFT JOIN USERS U ON U.ID = CLICKS.USER_ID;"
            }]}
            """
        ),
        ("SHOW TOPICS", #"{"topics":[{"name":"clicks","replicaInfo":[1,1,1,1]}]}"#),
        (
            "DESCRIBE",
            """
            {"@type":"sourceDescription","sourceDescription":{"name":"CLICKS","type":"STREAM","topic":"clicks",
            "partitions":4,"fields":[{"name":"ID","schema":{"type":"STRING"},"type":"KEY"},
            {"name":"AMOUNT","schema":{"type":"DECIMAL","parameters":{"precision":10,"scale":2}}},
            {"name":"ADDRESS","schema":{"type":"STRUCT","fields":[{"name":"CITY","schema":{"type":"STRING"}},
            {"name":"ZIPS","schema":{"type":"ARRAY","memberSchema":{"type":"INTEGER"}}}]}}],
            "readQueries":[{"id":"CSAS_A_1"}],"writeQueries":[]}}
            """
        ),
        (
            "DESCRIBE FUNCTION",
            """
            {"@type":"describe_function","name":"SUBSTRING","type":"SCALAR","description":"A part of a text.",
            "functions":[{"returnType":"VARCHAR","description":"From a place.","arguments":[
            {"name":"str","type":"VARCHAR","description":"the text"},{"name":"pos","type":"INT"}]}]}
            """
        ),
        ("a status", #"{"commandStatus":{"status":"SUCCESS","message":"Stream created"}}"#),
        ("something new", #"{"@type":"future","a":1,"things":[{"x":1,"y":"z"},{"x":22,"y":null}]}"#),
    ]

    @Test("reads as written down", arguments: [40, 80, 200])
    func golden(width: Int) throws {
        let url = Self.folder.appendingPathComponent("\(width).txt")
        let actual = try Self.all(width: width)
        if ProcessInfo.processInfo.environment["MILLRACE_UPDATE_GOLDEN"] == "1" {
            try actual.write(to: url, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: url, encoding: .utf8)
        #expect(actual == expected)
        // Texts of the server are left as they are.
        for line in actual.split(separator: "\n") where !line.hasPrefix("===") && !line.contains("→") {
            #expect(DisplayWidth.of(String(line)) <= width, "\(line)")
        }
    }

    @Test("no line is wider than the terminal, whatever the rows hold")
    func widths() {
        let alphabet = ["a", "Z", " ", ",", "é", "日", "👍🏽", "\t", "\n", "\u{1B}", "e\u{301}", "\u{200B}"]
        for seed in UInt64(1)...200 {
            var generator = Xorshift(state: seed)
            func text() -> String {
                (0..<Int.random(in: 0...60, using: &generator))
                    .map { _ in alphabet.randomElement(using: &generator) ?? "" }.joined()
            }
            let count = Int.random(in: 1...9, using: &generator)
            let columns = (0..<count).map { AnswerColumn(name: "C\($0)", type: "STRING") }
            let rows: [[JSONValue]] = (0..<5).map { _ in
                (0..<count).map { _ in Bool.random(using: &generator) ? .string(text()) : .null }
            }
            let width = Int.random(in: 24...120, using: &generator)
            let drawn = Self.printed(columns, rows, width: width, isEndless: seed % 2 == 0)
            for line in drawn.split(separator: "\n") {
                #expect(DisplayWidth.of(String(line)) <= width, "seed \(seed), \(width): \(line)")
            }
        }
    }

    @Test("a number is never broken, also where it comes after the widths are fixed")
    func wideNumbers() {
        let columns = [AnswerColumn(name: "A", type: "BIGINT"), AnswerColumn(name: "B", type: "STRING")]
        let drawn = Self.printed(
            columns, [[1, "x"], [.number("1234567890123456789"), "y"]], width: 24, isEndless: true)
        #expect(drawn.contains("1234567890123456789 │ y"))
        let row = TableDrawing(
            [.init(title: "A", isNumber: true)], natural: [4], room: 24, paint: .plain
        ).lines(of: [Cell("1234567890", .number)], number: 1)
        #expect(row == [" 1234567890"])
    }

    @Test("colours only where they are wanted, and then around the same text")
    func colours() {
        let plain = TableDrawing.lines(
            [.init(title: "A"), .init(title: "B", isNumber: true)],
            [[Cell(JSONValue.null), Cell("1", .number)]],
            room: 80, paint: .plain)
        #expect(!plain.joined().contains("\u{1B}"))
        let coloured = TableDrawing.lines(
            [.init(title: "A"), .init(title: "B", isNumber: true)],
            [[Cell(JSONValue.null), Cell("1", .number)]],
            room: 80, paint: Paint(hasColours: true))
        #expect(coloured[2].contains("\u{1B}[2mNULL\u{1B}[0m"))
        let bare = coloured.map { line in
            line.replacingOccurrences(of: "\u{1B}\\[[0-9;]*m", with: "", options: .regularExpression)
        }
        #expect(bare == plain)
    }

    @Test("JSON is an object a row, CSV quotes what it must")
    func forms() {
        let captured = CapturedTerminal()
        var json = RowPrinter(.json, captured.terminal, isEndless: true)
        json.begin(Self.columns, now: .now)
        json.row(Self.rows[1], isGone: true)
        json.end()
        #expect(
            captured.output
                == #"{"USER_ID":"user_2","PAGE":"日本語のページ","VIEWS":-7,"TOTAL":null,"LAST_SEEN":"#
                + "\"2026-11-21T16:00:01.000\",\"TAGS\":[],\"@gone\":true}\n")
        #expect(
            CSVLine.text(["a,b", "say \"x\"", "", nil, 1, " y", ["q"]]) == #""a,b","say ""x""","",,1," y","["#
                + #"""q""]""#)
    }
}

/// Numbers from a seed.
private struct Xorshift: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
