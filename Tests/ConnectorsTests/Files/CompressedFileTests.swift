import Diagnostics
import Foundation
import Testing

@testable import Connectors

@Suite struct CompressedFileTests {
    private func pack(_ text: String, _ suffix: String) -> [UInt8] {
        suffix == ".gz" ? Packed.gzip(text) : Packed.zstandard(text)
    }

    private func readings(
        _ bed: FileBed, final: Bool = false
    ) throws -> (records: [String], refused: [RangeReading.Refusal]) {
        var records: [String] = []
        var refused: [RangeReading.Refusal] = []
        while true {
            let ranges = try bed.source.poll(maximumBytes: 1 << 20, isFinal: final)
            if ranges.isEmpty { return (records, refused) }
            for range in ranges {
                let reading = try RangeReading(bed.source, range, targetBytes: 1 << 20)
                records += reading.records
                refused += reading.rejections
            }
        }
    }

    @Test(arguments: [".gz", ".zst"]) func membersFollowEachOther(suffix: String) throws {
        let bed = try FileBed()
        bed.write("a" + suffix, pack("1\n2", suffix) + pack("", suffix) + pack("3\n4\n", suffix))
        #expect(try bed.read() == ["1", "23", "4"])
        bed.append("a" + suffix, pack("5\n", suffix))
        #expect(try bed.read() == ["5"])
        try bed.restart(bed.source.position())
        #expect(try bed.read() == [])
        bed.append("a" + suffix, pack("6\n", suffix))
        #expect(try bed.read() == ["6"])
    }

    @Test(arguments: [".gz", ".zst"]) func aFileCutAnywhereGivesItsWholeLinesAndThenAnError(
        suffix: String
    ) throws {
        let lines = (0..<300).map { "line \($0 * 7919 % 1000)" }
        let whole = pack(lines.map { $0 + "\n" }.joined(), suffix)
        for cut in stride(from: 1, to: whole.count - 1, by: 37) {
            let bed = try FileBed()
            bed.write("a" + suffix, Array(whole[..<cut]))
            bed.write("b", "other\n")
            let early = try readings(bed)
            #expect(early.refused == [])
            bed.now.advance(milliseconds: 2000)
            let late = try readings(bed)
            let records = early.records.filter { $0 != "other" } + late.records
            #expect(records == Array(lines[..<records.count]))
            #expect(early.records.contains("other"))
            #expect(late.refused.map(\.code) == [.corrupt], "cut \(cut)")
            #expect(bed.source.lag() == 0)
            // It is told once, also after a restart, and read on when it grows.
            try bed.restart(bed.source.position())
            #expect(try readings(bed, final: true).refused == [])
            bed.append("a" + suffix, Array(whole[cut...]))
            let rest = try readings(bed)
            #expect(records + rest.records == lines, "cut \(cut)")
            #expect(rest.refused == [])
        }
    }

    @Test(arguments: [".gz", ".zst"]) func damagedDataIsAnErrorBehindWhatWasSound(suffix: String) throws {
        var generator = TestGenerator(seed: 3)
        let lines = (0..<2000).map { _ in "\(generator.next())" }
        let whole = pack(lines.map { $0 + "\n" }.joined(), suffix)
        for place in [2, whole.count / 3, whole.count / 2, whole.count - 3] {
            let bed = try FileBed()
            var bytes = whole
            bytes[place] ^= 0x55
            bed.write("a" + suffix, bytes)
            bed.write("b", "other\n")
            let reading = try readings(bed, final: true)
            #expect(reading.refused.map(\.code) == [.corrupt], "place \(place)")
            #expect(reading.records.contains("other"))
            #expect(bed.reports.all.count == 1)
        }
    }

    @Test(arguments: [".gz", ".zst"]) func noDamageIsACrash(suffix: String) throws {
        var generator = TestGenerator(seed: 5)
        let lines = (0..<200).map { _ in "\(generator.next())" }
        let whole = pack(lines.map { $0 + "\n" }.joined(), suffix)
        let bed = try FileBed { settings, _ in settings.longestRecordBytes = 500 }
        for round in 0..<150 {
            var bytes = whole
            for _ in 0..<1 + generator.below(4) {
                let place = generator.below(bytes.count)
                switch generator.below(3) {
                case 0: bytes[place] ^= UInt8(1 + generator.below(255))
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8(generator.below(256)), at: place)
                }
            }
            bed.write("\(round)" + suffix, bytes)
            let reading = try readings(bed, final: true)
            #expect(!reading.refused.isEmpty || reading.records == lines, "round \(round)")
        }
    }

    @Test func aDamagedFileThatIsMendedInPlaceIsReadOn() throws {
        var generator = TestGenerator(seed: 6)
        let lines = (0..<5000).map { _ in "\(generator.next())" }
        let whole = Packed.gzip(lines.map { $0 + "\n" }.joined())
        let bed = try FileBed()
        var bytes = whole
        bytes[whole.count * 3 / 4] ^= 0xFF
        bed.append("a.gz", bytes)
        let first = try readings(bed, final: true)
        #expect(first.refused.count == 1)
        let file = open(bed.path("a.gz"), O_WRONLY)
        _ = whole.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
        close(file)
        let rest = try readings(bed, final: true)
        #expect(rest.refused.isEmpty)
        // What the damage made of the lines before it was noticed cannot be taken back.
        #expect(first.records.count + rest.records.count == lines.count)
    }

    @Test func somethingElseBehindTheLastMemberIsAnError() throws {
        let bed = try FileBed()
        bed.write("a.gz", Packed.gzip("1\n") + [0, 0, 0])
        bed.write("b.gz", Packed.gzip("2\n") + Array("garbage".utf8))
        bed.write("c.zst", Packed.zstandard("3\n") + Array("garbage".utf8))
        bed.write("d.gz", [])
        bed.write("e.gz", Array("no gzip at all".utf8))
        let reading = try readings(bed, final: true)
        #expect(reading.records == ["1", "2", "3"])
        #expect(reading.refused.count == 3)
    }

    @Test func withFailOnErrorDamageIsThrown() throws {
        let bed = try FileBed { settings, _ in settings.failsOnError = true }
        bed.write("a.gz", Array(Packed.gzip("1\n2\n").dropLast(4)))
        let ranges = try bed.source.poll(maximumBytes: 100, isFinal: true)
        #expect(try ranges.flatMap { try bed.records($0) } == ["1", "2"])
        #expect(throws: Diagnostic.self) { _ = try bed.source.poll(maximumBytes: 100, isFinal: true) }
    }

    @Test func theTornRecordInFrontOfTheDamageIsKept() throws {
        let bed = try FileBed()
        let whole = Packed.zstandard("one\ntwo\nthree\n") + Packed.zstandard("four\nfi")
        bed.write("a.zst", Array(whole) + Array(Packed.zstandard("ve\n").dropLast(6)))
        let reading = try readings(bed, final: true)
        #expect(reading.records == ["one", "two", "three", "four"])
        #expect(reading.refused.count == 1)
        #expect(reading.refused.first?.bytes.starts(with: Array("fi".utf8)) == true)
    }

    @Test func aProblemIsToldInTheSameWordsAfterACrash() throws {
        let bed = try FileBed()
        bed.write("a.zst", Packed.zstandard("one\ntwo\nthr") + Array(Packed.zstandard("ee\n").dropLast(6)))
        bed.write("b", "4\n")
        let ranges = try bed.source.poll(maximumBytes: 1000, isFinal: true)
        let readings = try ranges.map { try RangeReading(bed.source, $0, targetBytes: 100) }
        #expect(readings.flatMap(\.rejections).count == 1)
        let reasons = try bed.source.chunks(of: ranges[2], targetBytes: 1)[0].load()[0].rejections.map(
            \.reason)
        try bed.restart(nil, replaying: ranges)
        #expect(try ranges.map { try RangeReading(bed.source, $0, targetBytes: 100) } == readings)
        let again = try bed.source.chunks(of: ranges[2], targetBytes: 1)[0].load()[0].rejections.map(\.reason)
        #expect(again == reasons)
        #expect(bed.reports.all == reasons)
        #expect(try bed.source.poll(maximumBytes: 1000, isFinal: true).isEmpty)
    }

    @Test func rangesOfABigFileAreReadAgainAfterARestart() throws {
        var generator = TestGenerator(seed: 9)
        let lines = (0..<20_000).map { "\($0) \(generator.next())" }
        for suffix in [".gz", ".zst"] {
            let bed = try FileBed { settings, _ in settings.pieceBytes = 10_000 }
            bed.write("a" + suffix, pack(lines.map { $0 + "\n" }.joined(), suffix))
            var records: [String] = []
            var position: [UInt8]?
            while true {
                let ranges = try bed.source.poll(maximumBytes: 50_000, isFinal: false)
                if ranges.isEmpty { break }
                try bed.restart(position, replaying: ranges)
                for range in ranges { records += try bed.records(range) }
                position = bed.source.position()
            }
            #expect(records == lines)
        }
    }

    @Test func memoryIsBoundedByWhatMayBeRetained() throws {
        let bed = try FileBed { settings, _ in settings.retainedBytes = 100_000 }
        let text = String(repeating: "0123456789\n", count: 20_000)
        for index in 0..<4 { bed.write("\(index).gz", Packed.gzip(text)) }
        var count = 0
        while true {
            let ranges = try bed.source.poll(maximumBytes: 1 << 30, isFinal: false)
            if ranges.isEmpty { break }
            #expect(bed.source.retainedBytes <= 100_000)
            for range in ranges { count += try bed.records(range).count }
            #expect(bed.source.retainedBytes == 0)
        }
        #expect(count == 80_000)
    }
}
