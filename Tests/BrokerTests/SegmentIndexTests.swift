import Storage
import TestKit
import Testing

@testable import Broker

@Suite("The index of a segment")
struct SegmentIndexTests {
    private static func sample() -> SegmentIndex {
        var index = SegmentIndex(baseOffset: 100)
        index.head.endOffset = 160
        index.head.byteCount = 9000
        index.head.fileByteCount = 9000
        index.entries = [
            .init(offset: 120, position: 4000, timeBefore: 5),
            .init(offset: 140, position: 8000, timeBefore: 6),
        ]
        return index
    }

    /// The bytes with another number at a place, and sums that fit it.
    private static func changed(_ bytes: [UInt8], at place: Int, to number: Int64) -> [UInt8] {
        var bytes = bytes
        func put<Number: FixedWidthInteger>(_ number: Number, at place: Int) {
            withUnsafeBytes(of: number.littleEndian) {
                bytes.replaceSubrange(place..<place + $0.count, with: $0)
            }
        }
        put(number, at: place)
        let head = SegmentIndex.headByteCount - 4
        put(CRC32C.checksum(Array(bytes[..<head])), at: head)
        put(CRC32C.checksum(Array(bytes[(head + 4)..<(bytes.count - 4)])), at: bytes.count - 4)
        return bytes
    }

    @Test("is read as it was written")
    func wholeness() {
        var index = SegmentIndexTests.sample()
        index.head.entryCount = 2
        #expect(SegmentIndex(index.encoded()) == index)
        #expect(SegmentIndex(SegmentIndex(baseOffset: 7).encoded()) == SegmentIndex(baseOffset: 7))
    }

    @Test("with numbers that cannot be is none, whatever they are")
    func numbers() {
        let bytes = SegmentIndexTests.sample().encoded()
        // Base, end, bytes, the file's bytes; the number of entries; offset and position of each.
        let head = [8, 16, 24, 32, 64]
        let entries = [76, 84, 100, 108]
        for place in head + entries {
            for number in [Int64.min, -1, Int64.max, Int64.max / 24 + 1, 1 << 62] {
                // Any end of offsets, and any size of the file above what counts, may be.
                if number > 0, place == 16 || place == 24 || place == 32 { continue }
                let read = SegmentIndex(SegmentIndexTests.changed(bytes, at: place, to: number))
                #expect(read == nil, "\(number) at \(place)")
            }
        }
        #expect(SegmentIndex(SegmentIndexTests.changed(bytes, at: 24, to: 7999)) == nil)
        #expect(SegmentIndex(Array(bytes[..<SegmentIndex.headByteCount])) == nil)
    }

    @Test("never ends the process, whatever bytes stand there")
    func fuzz() {
        let bytes = SegmentIndexTests.sample().encoded()
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let place = Int.random(in: 0..<(bytes.count - 8), using: &random)
            let number = Int64(bitPattern: random.next())
            let changed = SegmentIndexTests.changed(bytes, at: place, to: number)
            guard let index = SegmentIndex(changed) else { continue }
            for entry in index.entries {
                #expect((0...index.head.byteCount).contains(entry.position))
            }
            _ = SegmentIndex(Array(changed.prefix(Int.random(in: 0...changed.count, using: &random))))
        }
    }
}
