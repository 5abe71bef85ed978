import Diagnostics
import Testing

@testable import Connectors

@Suite struct QuotedFramingTests {
    private let framing = Framing.csv

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

    @Test func quotesInTheMidstOfAFieldStandForThemselves() throws {
        let bed = try FileBed(framing: framing)
        bed.write("a.csv", "id,text\n1,5\" pipe\n2,a \"b\n3,x\n")
        var records: [String] = []
        for range in try bed.source.poll(maximumBytes: 1 << 20, isFinal: false) {
            for loader in try bed.source.chunks(of: range, targetBytes: 100) {
                for chunk in try loader.load() {
                    records.append(
                        String(
                            decoding: UnsafeRawBufferPointer(
                                start: chunk.buffer.pointer, count: chunk.range.upperBound)[
                                    chunk.range], as: UTF8.self))
                }
            }
        }
        #expect(records.joined() == "1,5\" pipe\n2,a \"b\n3,x\n")
        #expect(bed.source.lag() == 0)
    }

    @Test func everyWayToCutTheBytesGivesTheSameRecordEnds() throws {
        let texts = [
            "a,\"b\nc\",\"\"\"\"\n", "\"\"\n\"\"\"\"\n\"a\"\"\nb\"\n", "a\"b\"\n\"c\n\"\n",
            "\"a\"x\"y\"\n\"z\n\"\n",
            "\n\n\"\n\"\n", ",\",\n\",\n",
        ]
        for text in texts {
            let bytes = Array(text.utf8)
            let expected = ends(bytes, [bytes.count])
            for first in 0...bytes.count {
                for second in first...bytes.count {
                    #expect(
                        ends(bytes, [first, second, bytes.count]) == expected, "\(text) \(first) \(second)")
                }
            }
        }
    }

    /// The record ends that scanning piece by piece finds, first ends only.
    private func ends(_ bytes: [UInt8], _ cuts: [Int]) -> [Int] {
        var scanner = RecordScanner(framing)
        var ends: [Int] = []
        var position = 0
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            for cut in cuts {
                while position < cut {
                    guard let end = scanner.scan(base, position, cut, stopsAtFirst: true) else {
                        position = cut
                        break
                    }
                    ends.append(end)
                    position = end
                }
            }
        }
        return ends
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

    @Test func aStrayQuoteReachesToTheNextQuoteOnly() throws {
        let bed = try FileBed(framing: framing)
        bed.write("a.csv", "id,text\n1,a\n2,\"b\n3,c\n4,\"d\n5,e\n")
        let range = try #require(try bed.source.poll(maximumBytes: 1 << 20, isFinal: false).first)
        #expect(range.byteCount == 22)
        #expect(bed.source.lag() == 0)
    }

    @Test func anOpenQuoteAtTheEndCostsItsLineOnly() throws {
        let bed = try FileBed(framing: framing)
        bed.write("a.csv", "id,text\n1,a\n2,\"b\n3,c\n4,d\n")
        let ranges = try bed.source.poll(maximumBytes: 1 << 20, isFinal: true)
        let reading = try RangeReading(bed.source, try #require(ranges.first), targetBytes: 100)
        #expect(reading.records == ["1,a", "3,c", "4,d"])
        #expect(reading.rejections.map(\.bytes) == [Array("2,\"b\n".utf8)])
        #expect(reading.rejections.map(\.code) == [.malformedData])
        try bed.restart(nil, replaying: ranges)
        #expect(try RangeReading(bed.source, ranges[0], targetBytes: 100) == reading)
    }

    @Test func aQuoteThatIsNotClosedWithinTheLongestRecordCostsItsLineOnly() throws {
        let bed = try FileBed(framing: framing) { settings, _ in
            settings.longestRecordBytes = 40
            settings.pieceBytes = 16
        }
        let rest = (0..<100).map { "\($0),abcdef\n" }.joined()
        bed.write("a.csv", "id,text\n1,a\n2,\"b\n" + rest + "x,\"y\nz\"\n")
        let ranges = try bed.source.poll(maximumBytes: 1 << 20, isFinal: false)
        let reading = try RangeReading(bed.source, try #require(ranges.first), targetBytes: 100)
        #expect(reading.records.count == 102)
        #expect(reading.rejections.map(\.bytes) == [Array("2,\"b\n".utf8)])
        try bed.restart(nil, replaying: ranges)
        #expect(try RangeReading(bed.source, ranges[0], targetBytes: 100) == reading)
    }
}
