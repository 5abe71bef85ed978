import Columnar
import Diagnostics
import Expressions
import Testing

private typealias Expr = Expressions.Expression

private func text(_ value: String?) -> Value { value.map { .string($0) } ?? .null }
private func texts(_ values: [String?]) -> Value { .array(values.map { text($0) }) }

/// Golden calls: each is evaluated with literals and again over columns.
@Suite struct FunctionTests {
    private func check(_ name: String, _ arguments: [(Value, DataType)], _ expected: Value) throws {
        let literals = arguments.map { Expr.literal($0.0, $0.1) }
        let constant = SQLCase([("X", .integer, [.integer(1), .integer(2)])])
        let call = try ScalarFunctions.call(name, literals)
        #expect(constant.evaluate(call) == [expected, expected], "\(name) of literals")
        // Between NULLs, so that rows beside it are not touched.
        let columns = SQLCase(
            arguments.enumerated().map { ("C\($0)", $1.1, [$1.0, .null, $1.0]) })
        if columns.count == 0 { return }
        let units = ["TIMESTAMPADD", "TIMESTAMPSUB", "DATEADD", "DATESUB", "TIMEADD", "TIMESUB"].contains(
            name)
        let operands = arguments.indices.map { $0 == 0 && units ? literals[0] : columns["C\($0)"] }
        let values = columns.evaluate(try ScalarFunctions.call(name, operands))
        #expect(values[0] == expected && values[2] == expected, "\(name) of columns gives \(values)")
    }

    private func s(_ value: String?) -> (Value, DataType) { (text(value), .string) }
    private func i(_ value: Int32?) -> (Value, DataType) { (value.map { .integer($0) } ?? .null, .integer) }
    private func l(_ value: Int64) -> (Value, DataType) { (.bigint(value), .bigint) }
    private func d(_ value: Double) -> (Value, DataType) { (.double(value), .double) }
    private func a(_ values: [Int32?]) -> (Value, DataType) {
        (.array(values.map { $0.map { .integer($0) } ?? .null }), .array(.integer))
    }
    private func sa(_ values: [String?]) -> (Value, DataType) { (texts(values), .array(.string)) }
    private func b(_ bytes: [UInt8]) -> (Value, DataType) { (.bytes(bytes), .bytes) }
    private func m(_ entries: [(String, Int64)]) -> (Value, DataType) {
        (.map(entries.map { (key: .string($0.0), value: .bigint($0.1)) }), .map(key: .string, value: .bigint))
    }

    @Test func strings() throws {
        try check("TRIM", [s(" \t with white space \t")], text("with white space"))
        try check("UCASE", [s("MiXeD ß é")], text("MIXED SS É"))
        try check("SUBSTRING", [s("long enough"), i(2), i(5)], text("ong e"))
        try check("SUBSTRING", [s("another"), i(6)], text("er"))
        try check("SUBSTRING", [s("short"), i(6)], text(""))
        try check("SUBSTRING", [s("some"), i(0), i(2)], text("so"))
        try check("SUBSTRING", [s("some string of length"), i(-6)], text("length"))
        try check("SUBSTRING", [b([1, 2, 3, 4]), i(2), i(2)], .bytes([2, 3]))
        try check("LEN", [s("äöü")], .integer(3))
        try check("LEN", [b([1, 2])], .integer(2))
        try check("CONCAT_WS", [s("SEP"), s("foo"), s(nil), s("baz")], text("fooSEPbaz"))
        try check("CONCAT_WS", [s(nil), s("foo"), s("baz")], .null)
        try check("REPLACE", [s("anaconda"), s("a"), s("o")], text("onocondo"))
        try check("INSTR", [s("corporate floor"), s("or")], .integer(2))
        try check("INSTR", [s("corporate floor"), s("or"), i(4)], .integer(5))
        try check("INSTR", [s("corporate floor"), s("or"), i(4), i(2)], .integer(14))
        try check("INSTR", [s("corporate floor"), s("or"), i(-4)], .integer(5))
        try check("INSTR", [s("corporate floor"), s("or"), i(-4), i(2)], .integer(2))
        try check("INSTR", [s("short"), s("or"), i(4)], .integer(0))
        try check("SPLIT", [s("a,b,,c,"), s(",")], texts(["a", "b", "", "c", ""]))
        try check("SPLIT", [s("abä"), s("")], texts(["a", "b", "ä"]))
        try check("LPAD", [s("foo"), i(7), s("Bar")], text("BarBfoo"))
        try check("LPAD", [s("foo"), i(2), s("Bar")], text("fo"))
        try check("LPAD", [s("foo"), i(-1), s("Bar")], .null)
        try check("RPAD", [s("foo"), i(7), s("Bar")], text("fooBarB"))
        try check("RPAD", [s("foo"), i(7), s("")], .null)
        try check("RPAD", [b([1]), i(3), b([7])], .bytes([1, 7, 7]))
        try check("INITCAP", [s("the QUICK brown_fox")], text("The Quick Brown_fox"))
        try check("CHR", [i(75)], text("K"))
        try check("CHR", [s("\\u004b")], text("K"))
        try check("ELT", [i(2), s("a"), s("b")], text("b"))
        try check("FIELD", [s("b"), s("a"), s("b")], .integer(2))
        try check("MASK", [s("My Test $123")], text("Xx-Xxxx--nnn"))
        try check("MASK_KEEP_LEFT", [s("My Test $123"), i(4)], text("My Txxx--nnn"))
        try check("MASK_KEEP_RIGHT", [s("My Test $123"), i(4)], text("Xx-Xxxx-$123"))
        try check("MASK_LEFT", [s("My Test $123"), i(4)], text("Xx-Xest $123"))
        try check("MASK_RIGHT", [s("My Test $123"), i(4)], text("My Test -nnn"))
        try check("MD5", [s("r1")], text("7c92cf1eee8d99cc85f8355a3d6e4b86"))
        try check("MD5", [s("")], text("d41d8cd98f00b204e9800998ecf8427e"))
        try check(
            "SPLIT_TO_MAP", [s("apple:green//banana:yellow/"), s("/"), s(":")],
            .map([(key: text("apple"), value: text("green")), (key: text("banana"), value: text("yellow"))]))
        try check(
            "SPLIT_TO_MAP", [s("apple:green/banana:yellow/c:red"), s("&&"), s(":")],
            .map([(key: text("apple"), value: text("green/banana"))]))
        try check("SPLIT_TO_MAP", [s("a:b"), s(""), s(":")], .null)
    }

    @Test func patterns() throws {
        try check("REGEXP_REPLACE", [s("baabbabaa"), s("(ab)+"), s("cat")], text("bacatbcataa"))
        try check("REGEXP_EXTRACT", [s("(.*) (.*)"), s("hello there"), i(2)], text("there"))
        try check("REGEXP_EXTRACT", [s("[0-9]+"), s("none")], .null)
        try check("REGEXP_EXTRACT_ALL", [s("a."), s("ab ac")], texts(["ab", "ac"]))
        try check("REGEXP_SPLIT_TO_ARRAY", [s("a1b22c"), s("[0-9]+")], texts(["a", "b", "c"]))
        try check("URL_ENCODE_PARAM", [s("?foo $bar")], text("%3Ffoo+%24bar"))
        try check("URL_DECODE_PARAM", [s("%3Ffoo+%24bar")], text("?foo $bar"))
        try check("URL_EXTRACT_FRAGMENT", [s("http://www.test.com/?query#fragment")], text("fragment"))
        try check("URL_EXTRACT_HOST", [s("http://test@confluent.io:8080")], text("confluent.io"))
        try check(
            "URL_EXTRACT_PARAMETER", [s("http://www.test.com/?one=a&two=b&three"), s("two")], text("b"))
        try check("URL_EXTRACT_PORT", [s("http://test@confluent.io:8080/nested/path?q")], .integer(8080))
        try check("URL_EXTRACT_PORT", [s("http://test@confluent.io")], .null)
        try check("URL_EXTRACT_PROTOCOL", [s("https://test@confluent.io:8080/nested/path")], text("https"))
        try check("URL_EXTRACT_PROTOCOL", [s("www.confluent.io")], .null)
        try check("URL_EXTRACT_QUERY", [s("http://www.test.com?query#fragment")], text("query"))
        try check("URL_EXTRACT_PATH", [s("http://test.com/path?q1&q2")], text("/path"))
    }

    @Test func numbers() throws {
        try check("ABS", [i(-3)], .integer(3))
        try check("ABS", [(decimal("-3.2"), .decimal(precision: 2, scale: 1))], decimal("3.2"))
        try check("CEIL", [(decimal("-1.7"), .decimal(precision: 2, scale: 1))], decimal("-1.0"))
        try check("CEIL", [d(1.1)], .double(2))
        try check("FLOOR", [d(-1.1)], .double(-2))
        try check("ROUND", [d(-1.5)], .bigint(-1))
        try check("ROUND", [d(1.5)], .bigint(2))
        try check("ROUND", [d(-12345.678), i(2)], .double(-12345.68))
        try check("ROUND", [d(12345.678), i(-2)], .double(12300))
        try check("ROUND", [d(1.005), i(2)], .double(1.01))
        let money = DataType.decimal(precision: 12, scale: 7)
        try check("TRUNC", [(decimal("-1.7000000"), money)], .decimal(-1, scale: 0))
        try check("TRUNC", [(decimal("12345.6780000"), money), i(-1)], decimal("12340.0000000"))
        try check("ROUND", [(decimal("12345.6780000"), money), i(1)], decimal("12345.7000000"))
        try check("SIGN", [l(-5)], .integer(-1))
        try check("SQRT", [i(4)], .double(2))
        try check("EXP", [d(-3)], .double(0.049787068367863944))
        try check("LN", [i(0)], .double(-.infinity))
        try check("LOG", [d(15), d(13)], .double(0.9471572411831843))
        try check("LOG", [d(1), d(13)], .double(.nan))
        try check("CBRT", [i(-8)], .double(-2))
        try check("GREATEST", [i(3), i(nil), i(5)], .integer(5))
        try check("LEAST", [s("b"), s("a")], text("a"))
        try check("GEO_DISTANCE", [d(37.4439), d(-122.1663), i(51), i(0)], .double(8682.459061368269))
    }

    @Test func times() throws {
        let instant: (Value, DataType) = (.timestamp(1_526_075_913_000), .timestamp)
        try check(
            "FORMAT_TIMESTAMP", [instant, s("yyyy-MM-dd HH:mm:ss zzz"), s("America/Los_Angeles")],
            text("2018-05-11 14:58:33 PDT"))
        try check(
            "TIMESTAMPTOSTRING", [l(1_526_075_913_000), s("yyyy-MM-dd HH:mm:ss zzz"), s("Europe/London")],
            text("2018-05-11 22:58:33 BST"))
        try check(
            "FORMAT_TIMESTAMP", [instant, s("yyyy-MM-dd HH:mm:ss.SSS''X")], text("2018-05-11 21:58:33.000'Z"))
        try check(
            "FORMAT_TIMESTAMP", [instant, s("EEEE, d MMMM yy h a D")], text("Friday, 11 May 18 9 PM 131"))
        try check("FORMAT_TIMESTAMP", [instant, s("nonsense")], .null)
        try check(
            "STRINGTOTIMESTAMP", [s("2020-05-11T21:58:33z"), s("yyyy-MM-dd'T'HH:mm:ssX")],
            .bigint(1_589_234_313_000))
        try check(
            "PARSE_TIMESTAMP", [s("2018-05-11T21:58:33 PST"), s("yyyy-MM-dd'T'HH:mm:ss zzz")],
            .timestamp(1_526_101_113_000))
        try check(
            "PARSE_TIMESTAMP", [s("20180511215833"), s("yyyyMMddHHmmss")], .timestamp(1_526_075_913_000))
        try check(
            "PARSE_TIMESTAMP",
            [s("2018-05-11 14:58:33"), s("yyyy-MM-dd HH:mm:ss"), s("America/Los_Angeles")],
            .timestamp(1_526_075_913_000))
        try check("PARSE_DATE", [s("2018-05-11Lit"), s("yyyy-MM-dd'Lit'")], .date(17662))
        try check("PARSE_DATE", [s("01-JAN-2022"), s("dd-MMM-yyyy")], .date(18993))
        try check("PARSE_DATE", [s("JAN-2022"), s("MMM-yyyy")], .date(18993))
        try check("PARSE_DATE", [s("2004"), s("yyyy-MM-dd")], .null)
        try check("FORMAT_DATE", [(.date(-1), .date), s("dd-MM-yyyy'Sophia'")], text("31-12-1969Sophia"))
        try check("PARSE_TIME", [s("01:00:00 Pm"), s("hh:mm:ss a")], .time(46_800_000))
        try check("PARSE_TIME", [s("00:01:05Lit"), s("HH:mm:ss'Lit'")], .time(65000))
        try check("FORMAT_TIME", [(.time(1_234_567), .time), s("HHmmss'AAAAA'")], text("002034AAAAA"))
        try check("TIMESTAMPADD", [s("MILLISECONDS"), i(-5), (.timestamp(2), .timestamp)], .timestamp(-3))
        try check(
            "TIMESTAMPADD", [s("MONTHS"), i(1), (.timestamp(1_706_659_200_000), .timestamp)],
            .timestamp(1_709_164_800_000))
        try check("TIMESUB", [s("MILLISECONDS"), i(10), (.time(5), .time)], .time(86_399_995))
        try check("DATEADD", [s("YEARS"), i(1), (.date(0), .date)], .date(365))
        try check("FROM_DAYS", [i(-10)], .date(-10))
        try check("UNIX_TIMESTAMP", [instant], .bigint(1_526_075_913_000))
        try check("UNIX_TIMESTAMP", [], .bigint(1_700_000_000_000))
        try check(
            "CONVERT_TZ", [(.timestamp(0), .timestamp), s("UTC"), s("+02:00")], .timestamp(7_200_000))
    }

    @Test func collections() throws {
        try check("ARRAY_LENGTH", [a([1, nil])], .integer(2))
        try check("ARRAY_CONTAINS", [a([1, 2]), i(2)], .boolean(true))
        try check("ARRAY_JOIN", [a([1, 2]), s("-")], text("1-2"))
        try check("SLICE", [sa(["a", "b", "c", "d"]), i(2), i(3)], texts(["b", "c"]))
        try check("ARRAY_DISTINCT", [a([0, nil, 1, 0, nil])], a([0, nil, 1]).0)
        try check("ARRAY_EXCEPT", [a([0, 0, 1, 0, -1]), a([1, -2])], a([0, -1]).0)
        try check("ARRAY_INTERSECT", [a([0, 0, 1]), a([0, 3])], a([0]).0)
        try check("ARRAY_UNION", [a([0, 0, 1, 0, -1]), a([1, -2, 0])], a([0, 1, -1, -2]).0)
        try check("ARRAY_CONCAT", [(.null, .array(.integer)), a([1, -2])], a([1, -2]).0)
        try check("ARRAY_REMOVE", [sa(["foo", "bar", "foo"]), s("foo")], texts(["bar"]))
        try check("ARRAY_REMOVE", [a([0, nil, 1]), i(nil)], a([0, 1]).0)
        try check("ARRAY_MAX", [a([123, 452, nil])], .integer(452))
        try check("ARRAY_MIN", [a([])], .null)
        try check("ARRAY_SORT", [a([3, nil, 1, 2])], a([1, 2, 3, nil]).0)
        try check("ARRAY_SORT", [a([3, nil, 1, 2]), s("DESC")], a([3, 2, 1, nil]).0)
        try check("MAP_KEYS", [m([("a", 1), ("b", 2)])], texts(["a", "b"]))
        try check("MAP_VALUES", [m([("a", 1)])], .array([.bigint(1)]))
        try check("MAP_UNION", [m([("a", 1), ("b", 2)]), m([("b", 3)])], m([("a", 1), ("b", 3)]).0)
        try check(
            "AS_MAP", [sa(["x", "y"]), a([1, 2])],
            .map([(key: text("x"), value: .integer(1)), (key: text("y"), value: .integer(2))]))
        try check(
            "ENTRIES", [m([("b", 2), ("a", 1)]), (.boolean(true), .boolean)],
            .array([.structure([text("a"), .bigint(1)]), .structure([text("b"), .bigint(2)])]))
        try check("GENERATE_SERIES", [i(1), i(5), i(2)], a([1, 3, 5]).0)
        try check("GENERATE_SERIES", [i(3), i(1)], a([3, 2, 1]).0)
    }

    @Test func bytesAndJSON() throws {
        try check("ENCODE", [s("4578616d706C6521"), s("hex"), s("ascii")], text("Example!"))
        try check("ENCODE", [s("x'4578616d706C6521'"), s("hex"), s("base64")], text("RXhhbXBsZSE="))
        try check("ENCODE", [s("0x578616d706C6521"), s("hex"), s("utf8")], text("\u{5}xample!"))
        try check("ENCODE", [s("578616d706C6521"), s("hex"), s("utf8")], .null)
        try check("ENCODE", [s("Ελλάδα"), s("ascii"), s("base64")], text("Pz8/Pz8/"))
        try check("FROM_BYTES", [b([0x1A, 0xB2]), s("hex")], text("1AB2"))
        try check("TO_BYTES", [s("GrI="), s("base64")], .bytes([0x1A, 0xB2]))
        try check("INT_FROM_BYTES", [b([0, 0, 7, 0xE5])], .integer(2021))
        try check(
            "BIGINT_FROM_BYTES", [b([0, 0xF2, 5, 0x2A, 1, 0, 0, 0]), s("LITTLE_ENDIAN")],
            .bigint(5_000_000_000))
        try check(
            "DOUBLE_FROM_BYTES", [b([0x40, 0x80, 0xA6, 0xFD, 0x9B, 0xC9, 0xF5, 0x82])], .double(532.8738323))
        let json = #"{"a": {"b": [1, "x\u00e4", null, {"c": 2.50}]}, "d": "text"}"#
        try check("EXTRACTJSONFIELD", [s(json), s("$.d")], text("text"))
        try check("EXTRACTJSONFIELD", [s(json), s("$.a.b[1]")], text("xä"))
        try check("EXTRACTJSONFIELD", [s(json), s("$.a.b[3]")], text(#"{"c":2.50}"#))
        try check("EXTRACTJSONFIELD", [s(json), s("$.a.b[2]")], .null)
        try check("EXTRACTJSONFIELD", [s(json), s("$.none")], .null)
        try check("EXTRACTJSONFIELD", [s("{"), s("$.d")], .null)
        try check("JSON_ARRAY_LENGTH", [s(#"["Red", "Green"]"#)], .integer(2))
        try check("JSON_ARRAY_LENGTH", [s("")], .null)
        try check("JSON_KEYS", [s(#"{"Red": 3, "Green": 5}"#)], texts(["Red", "Green"]))
        try check("JSON_ITEMS", [s(#"[{"a": 1}, [2]]"#)], texts([#"{"a":1}"#, "[2]"]))
        try check("JSON_CONCAT", [s(#"{"a": 1}"#), s(#"{"b": 2}"#)], text(#"{"a":1,"b":2}"#))
        try check("JSON_CONCAT", [s("[1, [2]]"), s("[[[3]]]"), s("4")], text("[1,[2],[[3]],4]"))
        try check("JSON_CONCAT", [s("null"), s("null")], text("[null,null]"))
        try check(
            "JSON_RECORDS", [s(#"{"White": "Seven", "Red": 3}"#)],
            .map([(key: text("White"), value: text("Seven")), (key: text("Red"), value: text("3"))]))
        try check("IS_JSON_STRING", [s("[1,]")], .boolean(false))
        try check("TO_JSON_STRING", [(.time(60_220_000), .time)], text("\"16:43:40\""))
        try check("TO_JSON_STRING", [m([("id", 1)])], text(#"{"id":1}"#))
        try check("TO_JSON_STRING", [s("a\"\n")], text(#""a\"\n""#))
    }

    @Test func chanceFollowsThePositionOfTheRecord() throws {
        let data = SQLCase([("P", .bigint, (0..<100).map { .bigint($0) })])
        let calls = [
            try ScalarFunctions.call("RANDOM", []), try ScalarFunctions.call("RANDOM", []),
            try ScalarFunctions.call("UUID", []),
        ]
        let compiled = CompiledExpressions(calls)
        let context = EvaluationContext(seed: 5)
        context.positions = data.columns
        let whole = compiled.evaluate(data.columns, count: 100, context: context)
        let numbers = (0..<100).map { whole[0].value(at: $0) }
        #expect(Set(numbers).count == 100)
        #expect(numbers != (0..<100).map { whole[1].value(at: $0) })
        #expect(numbers.allSatisfy { if case .double(let x) = $0 { x >= 0 && x < 1 } else { false } })
        let slice = data.columns[0].slice(40..<50)
        context.positions = [slice]
        let part = compiled.evaluate([slice], count: 10, context: context)
        #expect((0..<10).map { part[0].value(at: $0) } == Array(numbers[40..<50]))
        let uuid = part[2].string(at: 3)
        #expect(uuid == whole[2].string(at: 43) && uuid.utf8.count == 36 && Array(uuid)[14] == "4")
    }

    @Test func wrongCallsSayWhatIsRight() throws {
        do {
            _ = try ScalarFunctions.call("TRIM", [.makeNumber("1")])
            Issue.record("TRIM takes a number")
        } catch {
            #expect(error.message == "the function TRIM does not accept parameters (INTEGER)")
            #expect(error.expected == "TRIM(STRING)")
        }
        do {
            _ = try ScalarFunctions.call("GREATEST", [.makeNumber("1"), .makeNumber("3000000000")])
            Issue.record("GREATEST takes different types")
        } catch {
            #expect(error.message.contains("ambiguous"))
        }
        do {
            _ = try ScalarFunctions.call("TRMI", [])
        } catch {
            #expect(error.hint == "did you mean TRIM?")
        }
        #expect(throws: TypeError.self) { try ScalarFunctions.call("COALESCE", []) }
        #expect(throws: TypeError.self) {
            try ScalarFunctions.call(
                "TIMESTAMPADD", [.column(0, .timestamp), .makeNumber("5"), .column(0, .timestamp)])
        }
    }
}
