import Columnar
import Testing

@testable import Formats

@Suite("JSON records")
struct JSONDecoderTests {
    private func decode(
        _ type: DataType, _ values: String...
    ) -> (values: [Value], codes: [Int: DecodeError.Code]) {
        let decoder = JSONDecoder(fields: [DecodedField("V", type)])
        let decoded = decoder.decode(values.map { "{\"v\":\($0)}\n" }.joined())
        return (decoded.column(0), decoded.codes)
    }

    @Test func textOfAnyValueFitsAString() {
        let result = decode(
            .string, "\"hello\"", "\"\"", "12.50", "-1e3", "true", "false", "null", "[1, 2,  \"a b\"]",
            "{\"a\": {\"b\" : 1}}", "\"a\\n\\u00e9\\ud83d\\ude00\\\\\"", "\"über mehr als zwölf Zeichen\"")
        #expect(
            result.values == [
                .string("hello"), .string(""), .string("12.50"), .string("-1e3"), .string("true"),
                .string("false"), .null, .string("[1,2,\"a b\"]"), .string("{\"a\":{\"b\":1}}"),
                .string("a\n\u{e9}\u{1F600}\\"), .string("über mehr als zwölf Zeichen"),
            ])
        #expect(result.codes.isEmpty)
    }

    @Test func wholeNumbersFitIntegers() {
        let result = decode(
            .integer, "12", "-0", "\"12\"", "2.0", "1e3", "2147483647", "-2147483648", "1.5", "2147483648",
            "\"x\"", "true", "[1]", "\" 7 \"", "null", "\"\"", "1e40", "12000e-3")
        #expect(
            result.values == [
                .integer(12), .integer(0), .integer(12), .integer(2), .integer(1000), .integer(.max),
                .integer(.min), .null, .null, .null, .null, .null, .integer(7), .null, .null, .null,
                .integer(12),
            ])
        let wrong: [Int: DecodeError.Code] = [
            7: .wrongType, 8: .wrongType, 9: .wrongType, 10: .wrongType, 11: .wrongType, 14: .wrongType,
            15: .wrongType,
        ]
        #expect(result.codes == wrong)
        #expect(
            decode(.bigint, "9223372036854775807", "-9223372036854775808", "9223372036854775808").values
                == [.bigint(.max), .bigint(.min), .null])
        #expect(decode(.bigint, "10000000000000000000000e-4").values == [.bigint(1_000_000_000_000_000_000)])
    }

    @Test func doublesAreTheNearest() {
        let result = decode(
            .double, "0.1", "\"0.1\"", "1e22", "-0.0", "9007199254740993", "1e400", "\"NaN\"",
            "\"-Infinity\"",
            "4.9e-324", "179769313486231580793e288", "2.2250738585072011e-308")
        #expect(
            result.values == [
                .double(0.1), .double(0.1), .double(1e22), .double(-0.0), .double(9007199254740992), .null,
                .double(.nan), .double(-.infinity), .double(.leastNonzeroMagnitude),
                .double(.greatestFiniteMagnitude), .double(Double(bitPattern: 0x000F_FFFF_FFFF_FFFF)),
            ])
        #expect(result.codes == [5: .wrongType])
    }

    @Test func decimalsAreExactAndRoundHalfUp() {
        let type = DataType.decimal(precision: 6, scale: 2)
        let result = decode(
            type, "9.50", "\"9.5\"", "0.125", "-0.125", "0.1249999999999999999999999999999", "9999.99",
            "9999.995",
            "10000", "1e3", "12345e-3", "\".5\"", "null", "0e999999999999", "1e999999999999",
            "5e-999999999999")
        func decimal(_ unscaled: Int128) -> Value { .decimal(unscaled, scale: 2) }
        #expect(
            result.values == [
                decimal(950), decimal(950), decimal(13), decimal(-13), decimal(12), decimal(999_999), .null,
                .null,
                decimal(100_000), decimal(1235), decimal(50), .null, decimal(0), .null, decimal(0),
            ])
        #expect(result.codes == [6: .wrongType, 7: .wrongType, 13: .wrongType])
        let wide = decode(.decimal(precision: 38, scale: 19), "1234567890123456789.1234567890123456789")
        #expect(wide.values == [.decimal(12_345_678_901_234_567_891_234_567_890_123_456_789, scale: 19)])
    }

    @Test func timesComeAsNumbersAndAsText() {
        #expect(
            decode(
                .timestamp, "1763509800123", "\"2026-11-18T23:50:00.123Z\"", "\"2026-11-18 23:50\"",
                "\"2026-02-30T00:00:00Z\"", "\"1000\"", "\"2026-11-18T23:50:00\"", "\"2026-11-18T23:50:61Z\"",
                "\"2026-11-18T23:50:00+01:00\""
            ).values
                == [
                    .timestamp(1_763_509_800_123), .timestamp(1_795_045_800_123),
                    .timestamp(1_795_045_800_000),
                    .null, .timestamp(1000), .timestamp(1_795_045_800_000), .null,
                    .timestamp(1_795_042_200_000),
                ])
        #expect(
            decode(.date, "10", "-10", "\"1970-01-11\"", "\"x\"").values == [
                .date(10), .date(-10), .date(10), .null,
            ])
        #expect(
            decode(.time, "10", "\"00:00:01\"", "86400000", "-1").values == [
                .time(10), .time(1000), .null, .null,
            ])
    }

    @Test func booleansAndBytes() {
        #expect(
            decode(.boolean, "true", "false", "\"true\"", "\"FALSE\"", "1", "\"yes\"").values
                == [.boolean(true), .boolean(false), .boolean(true), .boolean(false), .null, .null])
        #expect(
            decode(.bytes, "\"AQID\"", "\"\"", "\"AQI=\"", "\"AQI\"", "\"A\"", "12", "\"\\/w==\"").values
                == [
                    .bytes([1, 2, 3]), .bytes([]), .bytes([1, 2]), .bytes([1, 2]), .null, .null,
                    .bytes([255]),
                ])
    }

    @Test func nestedTypesAreBuilt() {
        let type = DataType.structure([
            Field("A", .integer), Field("b", .array(.map(key: .string, value: .double))),
        ])
        let result = decode(
            type, "{\"a\":1,\"B\":[{\"x\":1.5,\"y\":null},{}]}", "null", "{}",
            "{\"a\":1,\"b\":[{\"x\":1},{\"x\":\"?\"}]}",
            "{\"b\":[{\"x\":1,\"x\":2}],\"a\":3}", "[]", "{\"A\":9,\"a\":8}")
        #expect(
            result.values == [
                .structure([
                    .integer(1),
                    .array([
                        .map([(key: .string("x"), value: .double(1.5)), (key: .string("y"), value: .null)]),
                        .map([]),
                    ]),
                ]),
                .null, .structure([.null, .null]), .null,
                .structure([.integer(3), .array([.map([(key: .string("x"), value: .double(2))])])]), .null,
                .structure([.integer(9), .null]),
            ])
        #expect(result.codes == [3: .wrongType, 5: .wrongType])
    }

    @Test func namesMatchWithoutCaseAndAnExactMatchWins() {
        let decoder = JSONDecoder(fields: [DecodedField("ID", .integer), DecodedField("Größe", .integer)])
        let decoded = decoder.decode(
            """
            {"id":1,"größe":1}
            {"ID":2,"id":3,"GRÖßE":2}
            {"id":4,"ID":5,"Größe":3,"größe":4}
            {"id":6,"Id":7}
            {"I\\u0044":8,"other":1}

            """)
        #expect(decoded.column(0) == [1, 2, 5, 7, 8].map { .integer($0) })
        #expect(decoded.column(1) == [.integer(1), .integer(2), .integer(3), .null, .null])
    }

    @Test func theLastOfEqualNamesWins() {
        let decoder = JSONDecoder(fields: [DecodedField("a", .integer)])
        let decoded = decoder.decode(
            "{\"a\":\"x\",\"a\":1}\n{\"a\":1,\"a\":null}\n{\"a\":1,\"a\":2}\n{\"a\":1}\n")
        #expect(decoded.column(0) == [.integer(1), .null, .integer(2), .integer(1)])
        #expect(decoded.errors.isEmpty)
    }

    @Test func badRecordsAreNullAndKeepTheirPlace() {
        let decoder = JSONDecoder(fields: [DecodedField("a", .integer), DecodedField("b", .string)])
        let text =
            "{\"a\":1,\"b\":\"x\"}\n\n{\"a\":2,\"b\":\r\n  \t\n[1]\n"
            + "{\"a\":\"n/a\",\"b\":\"y\"}\r\n{\"a\":3} x\n{\"a\":4}"
        let data = buffer(text)
        let decoded = decoder.decode(data)
        #expect(decoded.column(0) == [.integer(1), .null, .null, .null, .null, .integer(4)])
        #expect(decoded.column(1) == [.string("x"), .null, .null, .null, .null, .null])
        #expect(
            decoded.codes == [1: .malformedJSON, 2: .notAnObject, 3: .wrongType, 4: .malformedJSON])
        #expect(
            decoded.texts(data) == [
                "{\"a\":1,\"b\":\"x\"}", "{\"a\":2,\"b\":", "[1]", "{\"a\":\"n/a\",\"b\":\"y\"}",
                "{\"a\":3} x", "{\"a\":4}",
            ])
        #expect(decoded.errors[2].reason.message == "column a: expected INTEGER, found \"n/a\"")
        #expect(
            decoded.errors[0].reason.message
                == "malformed JSON at byte 11: it ends where a value was expected, found the end")
        #expect(decoded.end == text.utf8.count)
    }

    @Test func aNameCanStandForSeveralFields() {
        let decoder = JSONDecoder(fields: [DecodedField("a", .integer), DecodedField("A", .integer)])
        let decoded = decoder.decode("{\"a\":1}\n{\"a\":2}\n{\"A\":3}\n{\"a\":4,\"A\":5}\n{\"a\":6}\n")
        #expect(decoded.column(0) == [1, 2, 3, 4, 6].map { .integer($0) })
        #expect(decoded.column(1) == [1, 2, 3, 5, 6].map { .integer($0) })
    }

    @Test func moreRecordsThanExpectedFindRoom() {
        let fields = [
            DecodedField("a", .integer), DecodedField("b", .boolean), DecodedField("s", .string),
            DecodedField("l", .array(.integer)), DecodedField("d", .decimal(precision: 4, scale: 1)),
        ]
        func expected(_ row: Int) -> [Value] {
            if row % 7 == 0 { return [.null, .null, .null, .null, .null] }
            return [
                .integer(Int32(row)), .boolean(row % 3 == 0), .string("text that is long \(row)"),
                .array([.integer(Int32(row))]), .null,
            ]
        }
        let json = (0..<5000).map { row in
            row % 7 == 0
                ? "{}\n"
                : "{\"a\":\(row),\"b\":\(row % 3 == 0),\"s\":\"text that is long \(row)\",\"l\":[\(row)]}\n"
        }
        // Short records after long ones, so that the guess is far too low.
        let decoder = JSONDecoder(fields: fields)
        _ = decoder.decode("{\"a\":1,\"x\":\"" + String(repeating: "x", count: 5000) + "\"}\n")
        #expect(decoder.decode(json.joined()).rows() == (0..<5000).map { expected($0) })
        let csv = (0..<5000).map { row in
            row % 7 == 0 ? ",,,,\n" : "\(row),\(row % 3 == 0),text that is long \(row),[\(row)],\n"
        }
        let delimited = CSVDecoder(fields: fields, columnCount: 5)
        _ = delimited.decode("1,true," + String(repeating: "x", count: 5000) + ",,\n")
        #expect(delimited.decode(csv.joined()).rows() == (0..<5000).map { expected($0) })
        let lines = LinesDecoder(name: "line").decode((0..<5000).map { "\($0)\n" }.joined())
        #expect(lines.column(0) == (0..<5000).map { .string(String($0)) })
    }

    @Test func withoutFieldsRecordsAreStillCountedAndChecked() {
        let json = JSONDecoder(fields: []).decode("{\"a\":1}\n{}\n{\"a\"\n{\"a\":2}\n")
        #expect(json.count == 4)
        #expect(json.codes == [2: .malformedJSON])
        #expect(CSVDecoder(fields: [], columnCount: 2).decode("1,2\n1\n").codes == [1: .fieldCount])
    }

    @Test func theLimitStopsBehindARecord() {
        let decoder = JSONDecoder(fields: [DecodedField("a", .integer)])
        let data = buffer("{\"a\":1}\n\n{\"a\":2}\n{\"a\":3}\n")
        let first = decoder.decode(data, range: 0..<data.capacity, limit: 2)
        #expect(first.column(0) == [.integer(1), .integer(2)])
        let second = decoder.decode(data, range: first.end..<data.capacity)
        #expect(second.column(0) == [.integer(3)])
    }

    @Test func framesAreIndependentOfLineEnds() {
        let decoder = JSONDecoder(fields: [DecodedField("a", .integer)])
        let data = buffer("{\"a\":1}{\"a\":2}{\"a\":\n3}{\"a\":4}  ")
        let decoded = decoder.decode(
            data, frames: RecordFrames([0..<7, 7..<14, nil, 14..<22, 22..<29, 22..<28, 5..<5, 22..<31]))
        #expect(
            decoded.column(0) == [
                .integer(1), .integer(2), .null, .integer(3), .integer(4), .null, .null, .integer(4),
            ])
        #expect(decoded.codes == [5: .malformedJSON, 6: .malformedJSON])
        #expect(decoded.frames.range(2) == nil)
    }

    @Test func anUnwrappedValueIsTheColumn() {
        let decoder = JSONDecoder(fields: [DecodedField("v", .array(.double))], isWrapped: false)
        let decoded = decoder.decode("[1, 2.5]\nnull\n[]\n{\"v\":[1]}\n[1] 2\n")
        #expect(
            decoded.column(0) == [
                .array([.double(1), .double(2.5)]), .null, .array([]), .null, .null,
            ])
        #expect(decoded.codes == [3: .wrongType, 4: .malformedJSON])
    }

    @Test func hostileNestingIsRefusedWithoutHarm() {
        let decoder = JSONDecoder(fields: [DecodedField("a", .string)])
        let deep = "{\"a\":" + String(repeating: "[", count: 100_000) + "\n{\"a\":1}\n"
        let decoded = decoder.decode(deep)
        #expect(decoded.codes == [0: .tooDeep])
        #expect(decoded.column(0)[1] == .string("1"))
    }

    @Test func aNewlineInsideAValueEndsTheRecord() {
        let decoder = JSONDecoder(fields: [DecodedField("a", .string)])
        let decoded = decoder.decode("{\"a\":[1]}\n{\"a\":[1,\n2]}\n{\"a\":[2]}\n")
        #expect(decoded.column(0) == [.string("[1]"), .null, .null, .string("[2]")])
    }

    @Test func longTextsPointIntoTheBuffer() {
        let data = buffer("{\"a\":\"a text that is longer than twelve\"}\n")
        let decoded = JSONDecoder(fields: [DecodedField("a", .string)]).decode(data)
        #expect(decoded.columns[0].dataBuffers.first === data)
        #expect(decoded.columns[0].views[0].offset == 6)
    }
}
