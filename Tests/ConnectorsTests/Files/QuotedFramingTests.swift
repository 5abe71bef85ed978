import Columnar
import Diagnostics
import Formats
import Testing

@testable import Connectors

@Suite struct QuotedFramingTests {
    private let framing = Framing.csvWithHeader

    @Test func quotedLineEndsDoNotEndARecord() throws {
        for suffix in ["", ".gz", ".zst"] {
            let bed = try FileBed(framing: framing)
            let text = "id,text\r\n1,\"a\nb\"\n2,\"say \"\"hi\n\"\"\"\n3,\"\"\n\"4\",\"\"\"\"\n5,x\n"
            bed.write("a.csv" + suffix, pack(text, suffix))
            let ranges = try bed.source.poll(maximumBytes: 1 << 20, isFinal: false)
            let reading = try RangeReading(bed.source, try #require(ranges.first), targetBytes: 10)
            #expect(
                reading.records == [
                    "1,\"a\nb\"", "2,\"say \"\"hi\n\"\"\"", "3,\"\"", "\"4\",\"\"\"\"", "5,x",
                ])
            #expect(reading.headers == [Array("id,text".utf8)])
            #expect(reading.offsets.first == 9)
        }
    }

    private func pack(_ text: String, _ suffix: String) -> [UInt8] {
        suffix == ".gz" ? Packed.gzip(text) : suffix == ".zst" ? Packed.zstandard(text) : Array(text.utf8)
    }

    @Test func theHeaderIsKnownAfterARestart() throws {
        for suffix in ["", ".gz"] {
            let bed = try FileBed(framing: framing)
            bed.write("a.csv" + suffix, pack("id,text\n1,a\n2,b\n3,c\n", suffix))
            let first = try bed.source.poll(maximumBytes: 5, isFinal: false)
            #expect(try first.flatMap { try bed.records($0) } == ["1,a"])
            let position = bed.source.position()
            let second = try bed.source.poll(maximumBytes: 5, isFinal: false)
            try bed.restart(position, replaying: second)
            let again = try RangeReading(bed.source, second[0], targetBytes: 100)
            #expect(again.records == ["2,b"])
            #expect(again.headers == [Array("id,text".utf8)])
            let third = try bed.source.poll(maximumBytes: 5, isFinal: false)
            let reading = try RangeReading(bed.source, third[0], targetBytes: 100)
            #expect(reading.records == ["3,c"])
            #expect(reading.headers == [Array("id,text".utf8)])
        }
    }

    @Test func aHeaderAloneGivesNothingAndWaitsForMore() throws {
        let bed = try FileBed(framing: framing)
        bed.append("a.csv", "id,te")
        #expect(try bed.read() == [])
        bed.append("a.csv", "xt\n")
        #expect(try bed.read() == [])
        bed.append("a.csv", "1,a\n2")
        #expect(try bed.read() == ["1,a"])
        bed.append("a.csv", ",b\n")
        #expect(try bed.read() == ["2,b"])
    }

    @Test func aFileWithoutAWholeHeaderIsToldOnceAndReadWhenItIsMended() throws {
        let bed = try FileBed(framing: framing) { settings, _ in settings.longestRecordBytes = 20 }
        let text = "id,text_that_is_much_too_long_for_a_header\n1,a\n"
        bed.append("a.csv", text)
        bed.write("b.csv", "id\n2\n")
        let ranges = try bed.source.poll(maximumBytes: 1 << 20, isFinal: true)
        let readings = try ranges.map { try RangeReading(bed.source, $0, targetBytes: 100) }
        #expect(readings.flatMap(\.records) == ["2"])
        #expect(readings.flatMap(\.rejections).map(\.code) == [.limit])
        try bed.restart(bed.source.position())
        #expect(try bed.source.poll(maximumBytes: 1 << 20, isFinal: true).isEmpty)
        try bed.overwrite("a.csv", "id,text\n1,a\n")
        #expect(try bed.read() == ["1,a"])
    }

    @Test func aMalformedHeaderIsToldWithItsFile() throws {
        let bed = try FileBed(framing: framing)
        bed.write("a.csv", "\"id\"x,text\n1,a\n")
        let range = try #require(try bed.source.poll(maximumBytes: 1 << 20, isFinal: true).first)
        #expect(
            try RangeReading(bed.source, range, targetBytes: 100).rejections.map(\.code) == [.malformedData])
        let message = "\(bed.path("a.csv")): the header line is malformed: a quoted name does not end"
        #expect(bed.reports.all.map(\.message) == [message])
    }

    @Test func withoutAHeaderTheFirstRecordIsOne() throws {
        let bed = try FileBed(framing: .csv(CSVOptions(delimiter: 0x3B), columns: .declared(count: 2)))
        bed.write("a.csv", "1;a\n2;\"b\nc\"\n")
        bed.write("b.csv.gz", Packed.gzip("3;\"d;\n\"\n"))
        #expect(try bed.read() == ["1;a", "2;\"b\nc\"", "3;\"d;\n\""])
        try bed.restart(bed.source.position())
        bed.append("a.csv", "4;e\n")
        #expect(try bed.read() == ["4;e"])
    }

    /// Stray quotes, wrong counts of fields, open quotes at the end: the decoder must see the same rows
    /// whatever the chunks.
    @Test func messyFilesDecodeToTheSameRowsHoweverTheyAreCut() throws {
        var generator = TestGenerator(seed: 31)
        let parts = [
            "a", "1,", "\"", "\n", "\"x\ny\"", ",", "\"\"", "b,c\n", "d,\"e\"\n", "\r\n", "long text",
            "\n\"\"",
            "\n,\"\"", "\n\"\"\"\"", ",\"\n",
        ]
        for round in 0..<300 {
            var text = ""
            for _ in 0..<generator.below(60) { text += parts[generator.below(parts.count)] }
            let whole = decode(Array(text.utf8)[...], header: Array("p,q".utf8))
            let bed = try FileBed(framing: framing) { settings, _ in
                settings.pieceBytes = 8 << generator.below(8)
            }
            bed.write(
                "a.csv" + (round % 2 == 0 ? "" : ".gz"), pack("p,q\n" + text, round % 2 == 0 ? "" : ".gz"))
            var rows: [String] = []
            var position: [UInt8]?
            while true {
                let ranges = try bed.source.poll(maximumBytes: 1 + generator.below(60), isFinal: true)
                if ranges.isEmpty { break }
                if generator.below(3) == 0 { try bed.restart(position, replaying: ranges) }
                for range in ranges {
                    for loader in try bed.source.chunks(of: range, targetBytes: 100) {
                        for chunk in try loader.load() {
                            #expect(chunk.rejections.isEmpty)
                            let start = chunk.buffer.pointer + chunk.range.lowerBound
                            let bytes = Array(UnsafeRawBufferPointer(start: start, count: chunk.range.count))
                            rows += decode(bytes[...], header: try #require(chunk.header))
                        }
                    }
                }
                position = bed.source.position()
            }
            #expect(rows == whole, "round \(round): \(text.debugDescription)")
        }
    }

    /// The bytes of each row, and whether it fits.
    private func decode(_ bytes: ArraySlice<UInt8>, header: [UInt8]) -> [String] {
        let fields = [DecodedField("P", .string), DecodedField("Q", .string)]
        let decoder = CSVDecoder(fields: fields)
        try? header.withUnsafeBytes { try decoder.useHeader($0) }
        let buffer = Buffer(capacity: bytes.count)
        buffer.pointer.copyMemory(from: Array(bytes), byteCount: bytes.count)
        let decoded = decoder.decode(buffer)
        let failed = Set(decoded.errors.map(\.row))
        return (0..<decoded.count).map { row in
            let frame = decoded.frames.range(row) ?? 0..<0
            let text = String(
                decoding: UnsafeRawBufferPointer(start: buffer.pointer, count: bytes.count)[frame],
                as: UTF8.self)
            return (failed.contains(row) ? "bad: " : "") + text
        }
    }
}
