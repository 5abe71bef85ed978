import Foundation
import Storage
import Synchronization
import TestKit
import Testing

@testable import Broker

/// What a log does when its disk fails, or has lost or changed something.
@Suite struct PartitionLogFailureTests {
    @Test func `a full disk refuses, and the log goes on when there is room`() throws {
        let place = try LogPlace()
        try place.append(["a"])
        place.files.limitCapacity(place.files.usedBytes + 20)
        #expect(throws: LogError.self) { try place.append(["b"]) }
        place.files.limitCapacity(nil)
        #expect(try place.append(["c"]).baseOffset == 1)
        #expect(try place.values() == ["a", "c"])
        try place.reopen()
        #expect(place.log.report.isClean)
    }

    @Test func `after a failed fsync nothing is accepted until the log is opened anew`() throws {
        let place = try LogPlace()
        try place.append(["a"])
        // The write is the next operation, the fsync the one after it.
        place.files.failAt(
            place.files.operationCount + 2, .unavailable(path: "/p-0", reason: "input/output error"))
        #expect(throws: LogError.self) { try place.append(["b"]) }
        #expect(place.log.bounds.highWatermark == 1)
        #expect(throws: LogError.self) { try place.append(["c"]) }
        try place.losePower(seed: 1)
        #expect(try place.values().first == "a")
    }

    /// Linux tells of a failed write-back once per open file: the next fsync succeeds.
    @Test(arguments: [0, 1, 2])
    func `an fsync that failed elsewhere is not made good by the log's own`(way: Int) throws {
        let place = try LogPlace()
        try place.append(["a"])
        let record = SampleRecord(timestamp: 1000, key: nil, value: [1])
        _ = try place.log.append(try sampleBatch([record]), now: 1000, waits: false)
        let file = place.log.active.file
        place.files.failAt(
            place.files.operationCount + 1, .unavailable(path: "/p-0", reason: "input/output error"))
        switch way {
        // Another flush, which has not come so far as to stop the log.
        case 0: #expect(throws: StorageError.self) { try file.synchroniseBesideAppends() }
        case 1: #expect(throws: StorageError.self) { try file.synchronise() }
        // Somebody who needs the descriptor.
        default: #expect(!file.closeIfIdle())
        }
        #expect(throws: LogError.self) { try place.log.synchroniseBesideAppends() }
        #expect(throws: LogError.self) { try place.log.synchronise() }
        #expect(place.log.bounds.highWatermark == 1)
        #expect(throws: LogError.self) { try place.append(["c"]) }
    }

    @Test func `a torn tail is cut and reported`() throws {
        let place = try LogPlace()
        for number in 0..<10 { try place.append(["v\(number)"]) }
        let name = SegmentNames.log(0)
        let file = try place.files.append(to: "/p-0/\(name)")
        [UInt8](repeating: 7, count: 33).withUnsafeBytes { try? file.write($0) }
        try place.reopen()
        let cut = try #require(place.log.report.cut)
        #expect(cut.file == name)
        #expect(cut.offset == 10)
        #expect(cut.byteCount == 33)
        #expect(try place.append(["next"]).baseOffset == 10)
        #expect(try place.values().count == 11)
    }

    @Test func `damaged files never crash the start, and what stands before the damage is read`() throws {
        for seed in 0..<150 * TestData.effort {
            var random = SeededGenerator(seed: seed)
            let place = try LogPlace()
            for number in 0..<60 as Range<Int32> {
                try place.append(["value \(number)"], producer: 1, sequence: number)
            }
            let names = try place.files.list("/p-0").map(\.name).sorted()
            for _ in 0...random.below(3) {
                let path = "/p-0/" + random.pick(names)
                let size = try place.files.status(path)?.size ?? 0
                guard size > 0 else { continue }
                if random.chance(20) {
                    try place.files.truncate(path, to: random.below(size))
                } else {
                    try place.files.damage(
                        path, at: random.below(size), flipping: UInt8(1 + random.below(255)))
                }
            }
            try place.reopen()
            let end = place.log.bounds.logEnd
            #expect(try place.append(["after"]).baseOffset == end, "seed \(seed)")
            // Damage that the index vouches for is the reader's to find, by the CRC.
            var offset = place.log.bounds.logStart
            while let fetched = try? place.log.fetch(from: offset, maxBytes: 500), !fetched.bytes.isEmpty {
                #expect(fetched.nextOffset > offset, "seed \(seed)")
                _ = try? sampleRecords(in: fetched.bytes)
                offset = fetched.nextOffset
            }
        }
    }

    @Test func `an offset that a bad disk has set back does not lead readers in a circle`() throws {
        let place = try LogPlace()
        for value in ["a", "b", "c"] { try place.append([value]) }
        let path = "/p-0/" + SegmentNames.log(0)
        let last = try place.files.read(path).count / 3 * 2
        // The lowest byte of the last batch's offset, which is 2.
        try place.files.damage(path, at: last + 7, flipping: 2)
        #expect(try place.log.fetch(from: 1, maxBytes: 1000).nextOffset == 2)
        #expect(try place.log.fetch(from: 2, maxBytes: 1000).bytes.isEmpty)
    }

    @Test func `with a lazy flush a loss of power leaves a beginning of what was written`() throws {
        for seed in 0..<30 * TestData.effort {
            var settings = LogPlace.smallSettings
            settings.flush = .after(bytes: 700, milliseconds: 1000)
            let place = try LogPlace(settings)
            for number in 0..<60 { try place.append(["v\(number)"]) }
            try place.losePower(seed: seed)
            let values = try place.values()
            #expect(values == (0..<values.count).map { "v\($0)" }, "seed \(seed)")
            #expect(values.count >= 40, "seed \(seed)")
        }
    }
}
