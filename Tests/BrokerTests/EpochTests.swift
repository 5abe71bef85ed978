import Storage
import TestKit
import Testing

@testable import Broker

/// Epochs of writers in one partition: whole, and once.
@Suite struct EpochTests {
    private static let writer = ProducerTable.firstWriterID

    private static var settings: LogSettings {
        var settings = LogPlace.smallSettings
        settings.epochPieceBytes = 300
        return settings
    }

    /// Records that name their epoch, in batches of so many.
    private func batches(_ epoch: Int64, count: Int, batch: Int) -> [RecordBatchBuilder] {
        stride(from: 0, to: count, by: batch).map { first in
            var builder = RecordBatchBuilder(baseOffset: 0)
            for number in first..<min(first + batch, count) {
                builder.add(timestamp: 1000 + epoch, key: [1], value: Array("\(epoch)-\(number)".utf8))
            }
            return builder
        }
    }

    private func expected(_ epoch: Int64, _ count: Int) -> [String] { (0..<count).map { "\(epoch)-\($0)" } }

    @Test func `an epoch is there once, however often it is appended`() throws {
        let place = try LogPlace(Self.settings)
        for batch in [100, 3] {
            let epoch = Int64(batch)
            for _ in 0..<2 {
                try place.log.append(
                    epoch: 200 - epoch, batches(epoch, count: 10, batch: batch), producerID: Self.writer,
                    now: 5)
            }
            #expect(place.log.lastEpoch(ofWriter: Self.writer) == 200 - epoch)
        }
        #expect(try place.values(.committed) == expected(100, 10) + expected(3, 10))
        // Another writer counts for itself.
        try place.log.append(
            epoch: 1, batches(1, count: 2, batch: 9), producerID: Self.writer + 1, now: 5)
        #expect(try place.values(.committed).suffix(2) == expected(1, 2))
    }

    @Test func `an epoch without records leaves its number`() throws {
        let place = try LogPlace(Self.settings)
        try place.log.append(epoch: 1 << 40, [], producerID: Self.writer, now: 5)
        try place.losePower(seed: 1)
        #expect(place.log.lastEpoch(ofWriter: Self.writer) == 1 << 40)
        #expect(try place.values(.committed) == [])
    }

    @Test func `writers are not forgotten, whatever the time of their records`() throws {
        let place = try LogPlace(Self.settings)
        try place.log.append(
            epoch: 4, batches(4, count: 3, batch: 9), producerID: Self.writer, now: 1 << 41)
        try place.append(["x"], producer: 1, sequence: 0)
        try place.log.tick(now: 1 << 41)
        #expect(place.log.lastEpoch(ofWriter: Self.writer) == 4)
        #expect(place.log.producers[1] == nil)
        try place.log.close()
        try place.reopen()
        #expect(place.log.lastEpoch(ofWriter: Self.writer) == 4)
    }

    @Test func `an epoch survives the deletion of its records`() throws {
        var settings = Self.settings
        settings.retentionMilliseconds = 1000
        let place = try LogPlace(settings)
        for epoch in 1...9 as ClosedRange<Int64> {
            try place.log.append(
                epoch: epoch, batches(epoch, count: 40, batch: 9), producerID: Self.writer, now: 5)
        }
        #expect(try place.log.applyRetention(now: 1 << 41) > 0)
        #expect(try place.values(.committed) == [])
        try place.losePower(seed: 3)
        #expect(place.log.lastEpoch(ofWriter: Self.writer) == 9)
        try place.log.append(
            epoch: 9, batches(9, count: 40, batch: 9), producerID: Self.writer, now: 5)
        #expect(try place.values(.committed) == [])
    }

    /// A writer that goes on where the log says it is, while the power goes at every operation.
    @Test func `each epoch is there whole and once after a loss of power at any operation`() throws {
        let sizes = [(3, 100), (12, 4), (0, 1), (1, 1), (30, 4), (5, 100)]
        func write(_ place: LogPlace) throws {
            for (index, (count, batch)) in sizes.enumerated() {
                let epoch = Int64(index + 1)
                try place.log.append(
                    epoch: epoch, batches(epoch, count: count, batch: batch), producerID: Self.writer, now: 5)
            }
        }
        let all = sizes.enumerated().flatMap { expected(Int64($0.offset + 1), $0.element.0) }
        let whole = try LogPlace(Self.settings)
        let start = whole.files.operationCount
        try write(whole)
        let operations = whole.files.operationCount - start
        #expect(try whole.values(.committed) == all)
        for operation in 1...operations {
            for seed in 1...2 as ClosedRange<UInt64> {
                let place = try LogPlace(Self.settings)
                place.files.crashAt(start + operation)
                #expect(throws: LogError.self) { try write(place) }
                try place.losePower(seed: seed)
                try place.log.takeBackUnfinished(now: 5)
                let seen = try place.values(.committed)
                // Whole epochs, from the first on.
                let last = place.log.lastEpoch(ofWriter: Self.writer) ?? 0
                let there = sizes.prefix(Int(last)).enumerated().flatMap {
                    expected(Int64($0.offset + 1), $0.element.0)
                }
                #expect(seen == there, "operation \(operation), seed \(seed)")
                try write(place)
                #expect(try place.values(.committed) == all, "operation \(operation), seed \(seed)")
            }
        }
    }

    @Test func `a failed append is tried again without leaving anything twice`() throws {
        let sizes = [(12, 4), (3, 9)]
        for operation in 1...12 {
            let place = try LogPlace(Self.settings)
            let start = place.files.operationCount
            place.files.failAt(start + operation, .unavailable(path: "/p-0", reason: "no space"))
            for (index, (count, batch)) in sizes.enumerated() {
                let epoch = Int64(index + 1)
                var attempts = 0
                while true {
                    do throws(LogError) {
                        try place.log.append(
                            epoch: epoch, batches(epoch, count: count, batch: batch),
                            producerID: Self.writer, now: 5)
                        break
                    } catch {
                        attempts += 1
                        // After a failed fsync only opening it anew helps.
                        if case .stopped = error {
                            try place.reopen()
                            try place.log.takeBackUnfinished(now: 5)
                        }
                        guard attempts < 3 else { throw error }
                    }
                }
            }
            #expect(try place.values(.committed) == expected(1, 12) + expected(2, 3), "\(operation)")
        }
    }

    @Test func `an extent is what a reader finds`() throws {
        for seed in 1...8 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let place = try LogPlace(Self.settings)
            var taken: Int32 = 0
            for epoch in 1...20 as ClosedRange<Int64> {
                if random.chance(20) {
                    // Taken back.
                    try place.append(["gone"], producer: 3, sequence: taken, isTransactional: true)
                    taken += 1
                    try place.end(3, isCommit: false)
                }
                let count = random.below(30)
                try place.log.append(
                    epoch: epoch, batches(epoch, count: count, batch: 1 + random.below(8)),
                    producerID: Self.writer, now: 5)
            }
            let all = try place.all(.committed)
            var offset: Int64 = 0
            var found: [Int64] = []
            while true {
                let limit = 1 + random.below(900)
                let extent = try place.log.extent(from: offset, maxBytes: limit)
                if extent.nextOffset == offset { break }
                let inside = all.filter { offset <= $0.offset && $0.offset < extent.nextOffset }
                #expect(inside.count == extent.recordCount, "seed \(seed)")
                #expect(extent.recordCount <= 1 || extent.byteCount <= limit, "seed \(seed)")
                found += inside.map(\.offset)
                offset = extent.nextOffset
            }
            #expect(found == all.map(\.offset), "seed \(seed)")
            #expect(offset == place.log.bounds.logEnd, "seed \(seed)")
        }
    }

    @Test func `an idle log gives the memory of its index back`() throws {
        let place = try LogPlace()
        place.log.configure(LogSettings())
        for number in 0..<3000 { try place.append(["value \(number) \(String(repeating: "x", count: 90))"]) }
        #expect(place.log.active.indexEntryCount > 64)
        try place.log.tick(now: 5)
        try place.log.tick(now: 5)
        #expect(place.log.active.indexEntryCount == 0)
        #expect(try place.log.fetch(from: 2999, maxBytes: 1).nextOffset == 3000)
        try place.log.tick(now: 5)
        try place.append(["more"])
        try place.losePower(seed: 1)
        #expect(try place.values().count == 3001)
    }
}
