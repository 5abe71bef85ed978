import Columnar
import Diagnostics
import Foundation
import Storage
import Runtime
import Testing

@testable import Connectors

@Suite struct LineFramingTests {
    @Test func anUnterminatedLineWaitsTwoSecondsAfterTheLastChange() throws {
        let bed = try FileBed()
        bed.append("a", "1\n2")
        #expect(try bed.read() == ["1"])
        #expect(bed.source.lag() == 1)
        bed.now.advance(milliseconds: 1500)
        bed.append("a", "3")
        #expect(try bed.read() == [])
        bed.now.advance(milliseconds: 1999)
        #expect(try bed.read() == [])
        bed.now.advance(milliseconds: 1)
        #expect(try bed.read() == ["23"])
        #expect(bed.source.lag() == 0)
        bed.append("a", "4\n")
        #expect(try bed.read() == ["4"])
    }

    @Test func anUnterminatedLineIsTakenAtOnceWhenFinal() throws {
        let bed = try FileBed()
        bed.write("a", "1\n2")
        bed.write("b", "3")
        #expect(try bed.read(final: true) == ["1", "2", "3"])
        try bed.restart(bed.source.position())
        #expect(try bed.read(final: true) == [])
    }

    @Test func aChangeThatWasNotToldStillDelaysTheUnterminatedLine() throws {
        let bed = try FileBed()
        bed.append("a", "1")
        #expect(try bed.read() == [])
        bed.now.advance(milliseconds: 2000)
        bed.append("a", "2")
        #expect(try bed.read() == [])
        bed.now.advance(milliseconds: 2000)
        #expect(try bed.read() == ["12"])
    }

    @Test func aByteOrderMarkIsNoPartOfTheFirstLine() throws {
        let bed = try FileBed()
        bed.write("a", [0xEF, 0xBB, 0xBF] + Array("1\n2\n".utf8))
        bed.write("b.gz", Packed.gzip("\u{FEFF}3\n"))
        #expect(try bed.read() == ["1", "2", "3"])
        try bed.restart(bed.source.position())
        #expect(try bed.read() == [])
    }

    @Test func everyChunkSizeGivesEachLineOnce() throws {
        let bed = try FileBed { settings, _ in settings.longestRecordBytes = 5000 }
        var generator = TestGenerator(seed: 7)
        var text = ""
        var expected: [String] = []
        for index in 0..<400 {
            let length =
                generator.next() % 20 == 0 ? Int(generator.next() % 3000) : Int(generator.next() % 40)
            let line = index % 37 == 0 ? "" : "\(index):" + String(repeating: "x", count: length)
            expected.append(line)
            text += line + "\n"
        }
        text += "last"
        expected.append("last")
        bed.write("a", text)
        let range = try #require(try bed.source.poll(maximumBytes: 1 << 30, isFinal: true).first)
        var offset: Int64 = 0
        let offsets = expected.map { line -> Int64 in
            defer { offset += Int64(line.utf8.count + 1) }
            return offset
        }
        for target in Array(1...300) + [1000, 4095, 4096, 4097, 8192, 20000, 1 << 20] {
            let reading = try RangeReading(bed.source, range, targetBytes: target)
            #expect(reading.records == expected, "target \(target)")
            #expect(reading.offsets == offsets, "target \(target)")
            #expect(reading.rejections == [])
            #expect(reading.lastOfFile == 1)
        }
    }

    @Test func aMillionLinesAreCutAtManyChunkSizes() throws {
        let bed = try FileBed()
        var bytes: [UInt8] = []
        for index in 0..<1_000_000 {
            bytes += Array(String(index).utf8)
            bytes.append(UInt8(ascii: "\n"))
        }
        bed.write("a", bytes)
        let range = try #require(try bed.source.poll(maximumBytes: 1 << 30, isFinal: false).first)
        #expect(range.byteCount == bytes.count)
        for target in [4097, 65_536, 100_003, 1 << 20, 3 << 20, 64 << 20] {
            var next = 0
            var offset: Int64 = 0
            for loader in try bed.source.chunks(of: range, targetBytes: target) {
                for chunk in try loader.load() {
                    #expect(chunk.offset == offset)
                    offset += Int64(chunk.range.count)
                    let part = UnsafeRawBufferPointer(
                        start: chunk.buffer.pointer + chunk.range.lowerBound, count: chunk.range.count)
                    #expect(part.last == UInt8(ascii: "\n"))
                    #expect(part.elementsEqual(bytes[Int(chunk.offset)..<Int(offset)]))
                    next += part.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
                }
            }
            #expect(next == 1_000_000)
        }
    }

    @Test func overlongLinesAreRejectedWhateverTheChunkSize() throws {
        for file in ["a", "a.gz"] {
            let bed = try FileBed { settings, _ in
                settings.longestRecordBytes = 50
                settings.pieceBytes = 64
            }
            func line(_ count: Int, _ character: Character) -> String {
                String(repeating: character, count: count)
            }
            let lines = [
                line(50, "a"), line(51, "b"), "short", line(400, "c"), line(51, "d"), line(50, "e"), "",
                line(10_000, "f"), "end",
            ]
            let text = lines.joined(separator: "\n") + "\n" + line(60, "g")
            bed.write(file, file == "a" ? Array(text.utf8) : Packed.gzip(text))
            let ranges = try bed.source.poll(maximumBytes: 1 << 30, isFinal: true)
            for target in [1, 7, 49, 50, 51, 52, 100, 399, 1000, 1 << 20] {
                var records: [String] = []
                var rejections: [RangeReading.Refusal] = []
                for range in ranges {
                    let reading = try RangeReading(bed.source, range, targetBytes: target)
                    records += reading.records
                    rejections += reading.rejections
                }
                #expect(records == [line(50, "a"), "short", line(50, "e"), "", "end"], "target \(target)")
                #expect(rejections.map(\.byteCount) == [52, 401, 52, 10_001, 60], "target \(target)")
                #expect(rejections.map(\.offset) == [51, 109, 510, 614, 10_619], "target \(target)")
                #expect(rejections.allSatisfy { $0.bytes.count == 50 && $0.code == .limit })
                #expect(rejections.map { $0.bytes.first } == "bcdfg".utf8.map { $0 })
            }
        }
    }

    @Test func aRecordLongerThanTheLimitOfAPollIsStillTaken() throws {
        let bed = try FileBed()
        bed.write("a", "1\n" + String(repeating: "x", count: 100_000) + "\n2\n")
        #expect(try bed.read(maximumBytes: 10).map(\.count) == [1, 100_000, 1])
    }

    @Test func limitsAreKept() throws {
        for suffix in ["", ".gz"] {
            let bed = try FileBed()
            for file in 0..<5 {
                let text = (0..<20).map { "\(file):\($0)\n" }.joined()
                bed.write("f\(file)\(suffix)", suffix.isEmpty ? Array(text.utf8) : Packed.gzip(text))
            }
            var count = 0
            while true {
                let ranges = try bed.source.poll(maximumBytes: 33, isFinal: false)
                if ranges.isEmpty { break }
                #expect(ranges.reduce(0) { $0 + $1.byteCount } <= 33)
                for range in ranges { count += try bed.records(range).count }
            }
            #expect(count == 100)
        }
    }

    @Test func aFileThatGrowsWithoutEndDoesNotStarveTheOthers() throws {
        let bed = try FileBed()
        bed.write("a", "a\na\na\na\n")
        bed.write("b", "b\n")
        var seen = ""
        for _ in 0..<20 {
            bed.append("a", "a\na\na\n")
            for range in try bed.source.poll(maximumBytes: 4, isFinal: false) {
                seen += try bed.records(range).joined()
            }
        }
        #expect(seen.contains("b"))
    }

    @Test func loadersRunOnManyThreads() throws {
        let bed = try FileBed()
        let text = (0..<50_000).map { "\($0)\n" }.joined()
        bed.write("a", text)
        let range = try #require(try bed.source.poll(maximumBytes: 1 << 30, isFinal: false).first)
        let loaders = try bed.source.chunks(of: range, targetBytes: 5000)
        let results = LoadResults(loaders.count)
        DispatchQueue.concurrentPerform(iterations: loaders.count) { index in
            let bytes = (try? loaders[index].load())?.reduce(0) { $0 + $1.range.count } ?? -1
            results.set(index, bytes)
        }
        #expect(results.sum == text.utf8.count)
    }
}

final class LoadResults: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Int]

    init(_ count: Int) { values = Array(repeating: 0, count: count) }

    func set(_ index: Int, _ value: Int) { lock.withLock { values[index] = value } }
    var sum: Int { lock.withLock { values.reduce(0, +) } }
}

/// A small generator whose runs repeat.
struct TestGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }

    mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }
}
