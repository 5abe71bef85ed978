import Columnar
import TestKit
import Testing

@testable import Formats

@Suite("Encoders")
struct EncoderTests {
    private func batch(_ columns: [(String, DataType, [Value])]) -> Batch {
        let built = columns.map { column -> Column in
            let builder = ColumnBuilder(type: column.1)
            for value in column.2 { builder.append(value) }
            return builder.finish()
        }
        return Batch(
            schema: Schema(columns.map { Field($0.0, $0.1) }), columns: built, count: columns[0].2.count)
    }

    private func lines(_ encoder: some RecordEncoder, _ batch: Batch) -> [String] {
        let out = ByteWriter()
        encoder.appendLines(batch, to: out)
        return out.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    @Test func jsonIsWrittenAsKsqlDBWritesIt() {
        let batch = batch([
            ("ID", .integer, [.integer(-7), .null]), ("N", .bigint, [.bigint(.min), .bigint(0)]),
            ("D", .double, [.double(0.1), .double(.nan)]),
            ("M", .decimal(precision: 6, scale: 2), [.decimal(-5, scale: 2), .decimal(123_400, scale: 2)]),
            ("na\"me", .string, [.string("a\"b\\c\n\u{1}é"), .string("")]),
            ("B", .bytes, [.bytes([1, 2]), .bytes([])]),
            ("T", .timestamp, [.timestamp(1_795_045_800_123), .timestamp(-1)]),
            ("DA", .date, [.date(10), .date(-10)]), ("TI", .time, [.time(10), .time(86_399_999)]),
            ("OK", .boolean, [.boolean(true), .boolean(false)]),
        ])
        #expect(
            lines(JSONEncoder(schema: batch.schema), batch) == [
                #"{"ID":-7,"N":-9223372036854775808,"D":0.1,"M":-0.05,"#
                    + #""na\"me":"a\"b\\c\n\u0001é","B":"AQI=","#
                    + #""T":1795045800123,"DA":10,"TI":10,"OK":true}"#,
                #"{"ID":null,"N":0,"D":"NaN","M":1234.00,"na\"me":"","B":"","T":-1,"#
                    + #""DA":-10,"TI":86399999,"OK":false}"#,
            ])
        let iso = lines(JSONEncoder(schema: batch.schema, times: .iso8601), batch)
        #expect(iso[0].contains(#""T":"2026-11-18T23:50:00.123Z","DA":"1970-01-11","TI":"00:00:00.010""#))
        #expect(iso[1].contains(#""T":"1969-12-31T23:59:59.999Z","DA":"1969-12-22","TI":"23:59:59.999""#))
    }

    @Test func nestedValuesAreWrittenAsJSON() {
        let type = DataType.structure([
            Field("A", .array(.decimal(precision: 4, scale: 1))),
            Field("m", .map(key: .integer, value: .string)),
        ])
        let value = Value.structure([
            .array([.decimal(15, scale: 1), .null]),
            .map([(key: .integer(3), value: .string("x")), (key: .integer(-4), value: .null)]),
        ])
        let batch = batch([("S", type, [value, .null, .structure([.null, .map([])])])])
        #expect(
            lines(JSONEncoder(schema: batch.schema), batch) == [
                #"{"S":{"A":[1.5,null],"m":{"3":"x","-4":null}}}"#, #"{"S":null}"#,
                #"{"S":{"A":null,"m":{}}}"#,
            ])
        #expect(
            lines(CSVEncoder(schema: batch.schema), batch)[0]
                == #""{""A"":[1.5,null],""m"":{""3"":""x"",""-4"":null}}""#)
        let bare = JSONEncoder(schema: batch.schema, isWrapped: false).encode(batch)
        #expect(bare.bytes(1) == nil)
        #expect(bare.bytes(2).map { String(decoding: $0, as: UTF8.self) } == #"{"A":null,"m":{}}"#)
    }

    @Test func delimitedTextIsQuotedAsKsqlDBQuotesIt() {
        let batch = batch([
            ("a", .string, [.string("-1"), .string("x"), .string(""), .null, .string("é"), .string("#")]),
            ("b", .integer, [.integer(-1), .null, .integer(0), .null, .integer(2), .integer(3)]),
            (
                "c", .string,
                [
                    .string("!"), .string(""), .string("a\"b"), .string("a,b"), .string("\t wit"),
                    .string("s "),
                ]
            ),
        ])
        #expect(
            lines(CSVEncoder(schema: batch.schema, emptyText: .bare), batch) == [
                #""-1",-1,"!""#, "x,,", #""",0,"a""b""#, #",,"a,b""#, "\"é\",2,\"\t wit\"", "\"#\",3,\"s \"",
            ])
        #expect(lines(CSVEncoder(schema: batch.schema), batch)[1] == "x,,\"\"")
        let out = ByteWriter()
        CSVEncoder(schema: batch.schema, options: CSVOptions(delimiter: 0x3B)).appendHeader(to: out)
        #expect(out.text == "a;b;c")
    }

    @Test func kafkaValuesAreBigEndian() {
        func bytes(_ type: DataType, _ values: Value...) -> [[UInt8]?] {
            let batch = batch([("v", type, values)])
            let encoded = KafkaEncoder(field: batch.schema[0]).encode(batch)
            let decoder = KafkaDecoder(field: DecodedField("v", type))
            let decoded = decoder.decode(encoded.buffer, frames: encoded.frames)
            #expect(decoded.column(0) == values)
            #expect(decoded.errors.isEmpty)
            return (0..<batch.count).map { encoded.bytes($0) }
        }
        #expect(
            bytes(.integer, .integer(1), .integer(-2), .null) == [[0, 0, 0, 1], [255, 255, 255, 254], nil])
        #expect(bytes(.bigint, .bigint(258)) == [[0, 0, 0, 0, 0, 0, 1, 2]])
        #expect(bytes(.double, .double(1)) == [[0x3F, 0xF0, 0, 0, 0, 0, 0, 0]])
        #expect(
            bytes(.string, .string("é"), .string(""), .string("longer than twelve")).first == [0xC3, 0xA9])
        #expect(bytes(.bytes, .bytes([255, 0])) == [[255, 0]])
        let decoder = KafkaDecoder(field: DecodedField("v", .integer))
        let decoded = decoder.decode(buffer([1, 2, 3]), frames: RecordFrames([0..<3, 0..<0]))
        #expect(decoded.codes == [0: .wrongLength, 1: .wrongLength])
        #expect(decoded.errors[0].reason.message == "column v: expected 4 bytes for INTEGER, found 3")
        let text = KafkaDecoder(field: DecodedField("v", .string)).decode(
            buffer([0xFF]), frames: RecordFrames([0..<1]))
        #expect(text.codes == [0: .badUTF8])
    }

    @Test(arguments: 0..<Fuzz.seeds) func jsonReadsBackWhatWasWritten(seed: UInt64) {
        var generator = ValueGenerator(random: SeededGenerator(seed: seed))
        for round in 0..<20 {
            let schema = generator.schema(nests: true)
            let batch = generator.batch(schema, rows: generator.random.below(40))
            let fields = schema.fields.map { DecodedField($0.name, $0.type) }
            for times in [TimeStyle.numbers, .iso8601] {
                let encoder = JSONEncoder(schema: schema, times: times)
                let out = ByteWriter()
                encoder.appendLines(batch, to: out)
                check(
                    JSONDecoder(fields: fields).decode(out.take(), lines: batch.count), batch,
                    "seed \(seed) round \(round)")
                let framed = encoder.encode(batch)
                check(
                    JSONDecoder(fields: fields).decode(framed.buffer, frames: framed.frames), batch,
                    "seed \(seed) round \(round) framed")
                for row in 0..<batch.count {
                    #expect((try? JSONValue(parsing: framed.bytes(row) ?? [])) != nil, "seed \(seed)")
                }
            }
        }
    }

    @Test(arguments: 0..<Fuzz.seeds) func delimitedTextReadsBackWhatWasWritten(seed: UInt64) {
        var generator = ValueGenerator(random: SeededGenerator(seed: seed))
        for round in 0..<20 {
            let schema = generator.schema(nests: round % 2 == 0)
            // A record of one NULL is a blank line, which is no record.
            guard schema.count > 1 else { continue }
            let batch = generator.batch(schema, rows: generator.random.below(40))
            let fields = schema.fields.map { DecodedField($0.name, $0.type) }
            let options = CSVOptions(delimiter: generator.random.pick([0x2C, 0x09, 0x3B]))
            for times in [TimeStyle.numbers, .iso8601] {
                let encoder = CSVEncoder(schema: schema, options: options, times: times)
                let decoder = CSVDecoder(fields: fields, options: options, columnCount: schema.count)
                let out = ByteWriter()
                encoder.appendLines(batch, to: out)
                check(decoder.decode(out.take(), lines: batch.count), batch, "seed \(seed) round \(round)")
                let framed = encoder.encode(batch)
                check(
                    decoder.decode(framed.buffer, frames: framed.frames), batch,
                    "seed \(seed) round \(round) framed")
            }
        }
    }

    private func check(_ decoded: DecodedRecords, _ batch: Batch, _ label: String) {
        #expect(decoded.errors.isEmpty, "\(label)")
        #expect(decoded.count == batch.count, "\(label)")
        for row in 0..<min(decoded.count, batch.count) where decoded.rows()[row] != batch.row(row) {
            Issue.record("\(label) row \(row)\nwrote \(batch.row(row))\nread  \(decoded.rows()[row])")
            return
        }
    }

    @Test func numbersAreWrittenShortestAndExact() {
        func text(_ value: Double) -> String {
            let out = ByteWriter()
            out.append(double: value)
            return out.text
        }
        var random = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            let value =
                random.once(in: 2)
                ? Double(Int64(bitPattern: random.next()) >> Int64(random.below(60)))
                    / random.pick([1, 10, 100, 1000])
                : Double(bitPattern: random.next())
            if value.isFinite { #expect(text(value) == value.description) }
        }
        for value in [0.0, -0.0, 0.01, -0.01, 100, 1e15, 1e16, 123.45, -0.1, 9_999_999_999_999.99] {
            #expect(text(value) == value.description)
        }
        for _ in 0..<2000 {
            let value = Int128(Int64(bitPattern: random.next()) >> Int64(random.below(64)))
            let scale = random.below(25)
            let out = ByteWriter()
            out.append(decimal: value, scale: scale)
            #expect(out.text == Decimals.text(value, scale: scale))
        }
    }
}

extension RecordDecoder {
    /// The first `lines` lines of a buffer with room behind them.
    func decode(_ buffer: Buffer, lines: Int) -> DecodedRecords {
        decode(buffer, range: 0..<buffer.capacity, limit: lines)
    }
}
