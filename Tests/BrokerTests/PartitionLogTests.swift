import Foundation
import Storage
import Synchronization
import TestKit
import Testing

@testable import Broker

@Suite struct PartitionLogTests {
    // MARK: Producers

    @Test func `a batch sent again has its old offset`() throws {
        let place = try LogPlace()
        for number in 0..<7 as Range<Int32> {
            try place.append(["v\(number)"], producer: 1, sequence: number)
        }
        let again = try place.append(["v4"], producer: 1, sequence: 4)
        #expect(again.isDuplicate)
        #expect(again.baseOffset == 4)
        #expect(throws: LogError.outOfOrderSequence(expected: 7, found: 9)) {
            try place.append(["v9"], producer: 1, sequence: 9)
        }
        #expect(throws: LogError.outOfOrderSequence(expected: 7, found: 1)) {
            try place.append(["v1"], producer: 1, sequence: 1)
        }
        try place.append(["new"], producer: 1, epoch: 1, sequence: 0)
        #expect(throws: LogError.fencedProducer(epoch: 1)) {
            try place.append(["old"], producer: 1, epoch: 0, sequence: 7)
        }
        #expect(try place.values().count == 8)
    }

    @Test func `producers are known after a crash`() throws {
        let place = try LogPlace()
        for number in 0..<90 as Range<Int32> {
            try place.append(["v\(number)"], producer: 1, sequence: number)
        }
        let before = place.log.producers
        try place.losePower(seed: 3)
        #expect(place.log.producers == before)
        #expect(try place.append(["v89"], producer: 1, sequence: 89).isDuplicate)
        // Without the checkpoint the whole log tells the same.
        try place.files.remove("/p-0/checkpoint")
        try place.reopen()
        #expect(place.log.report.isRebuilt)
        #expect(place.log.producers == before)
    }

    @Test func `a producer of old records is known as long as something comes from it`() throws {
        let place = try LogPlace()
        let day = LogSettings().producerExpirationMilliseconds
        let records = [SampleRecord(timestamp: 1000, key: nil, value: [1])]
        let batch = try sampleBatch(records, producer: 1, epoch: 0, sequence: 0)
        let now = 10 * day
        _ = try place.log.append(batch, now: now)
        try place.log.tick(now: now + day)
        #expect(try place.log.append(batch, now: now + day).isDuplicate)
        try place.log.close()
        try place.reopen()
        try place.log.tick(now: now + day)
        #expect(try place.log.append(batch, now: now + day).isDuplicate)
        try place.log.tick(now: now + day + 1)
        #expect(place.log.producers.producers.isEmpty)
    }

    @Test func `a checkpoint of the form before is still read`() throws {
        // As it was written before the times of producers were in it.
        var encoder = BinaryEncoder()
        encoder.add(0x3230_5458_4B43_524D as UInt64)
        for offset in [40, 30, 20] as [Int64] { encoder.add(offset) }
        encoder.add(0 as UInt32)
        encoder.add(0 as UInt32)
        encoder.add(1 as UInt32)
        encoder.add(7 as Int64)
        encoder.add(3 as Int16)
        encoder.add(-1 as Int64)
        encoder.add(1234 as Int64)
        encoder.add(0 as Int32)
        encoder.add(39 as Int64)
        encoder.add(-1 as Int64)
        encoder.add(0 as UInt32)
        encoder.add(CRC32C.checksum(encoder.bytes))
        let checkpoint = try #require(LogCheckpoint(encoder.bytes))
        #expect(checkpoint.logStartOffset == 30)
        let producer = try #require(checkpoint.producers[7])
        #expect(producer.lastHeard == 1234)
        #expect(producer.lastDataOffset == 39)
        #expect(LogCheckpoint(checkpoint.encoded()) == checkpoint)
    }

    // MARK: Transactions

    @Test func `whether records may come is asked when nothing can come before them`() throws {
        let place = try LogPlace()
        let batch = try sampleBatch(
            [SampleRecord(timestamp: 1, key: nil, value: [1])], producer: 1, epoch: 0, sequence: 0,
            isTransactional: true)
        let log = place.log
        #expect(throws: LogError.outsideTransaction(.invalidTransactionState)) {
            _ = try log.append(batch, now: 1) { header throws(LogError) in
                #expect(header.producerID == 1)
                #expect(log.writing.withLockIfAvailable { _ in } == nil)
                throw .outsideTransaction(.invalidTransactionState)
            }
        }
        #expect(log.bounds.logEnd == 0)
        #expect(log.producers.producers.isEmpty)
    }

    @Test func `committed readers see whole transactions, and none that was taken back`() throws {
        let place = try LogPlace()
        try place.append(["plain"])
        try place.append(["a1"], producer: 1, sequence: 0, isTransactional: true)
        try place.append(["b1"], producer: 2, sequence: 0, isTransactional: true)
        try place.append(["a2"], producer: 1, sequence: 1, isTransactional: true)
        #expect(place.log.bounds.lastStable == 1)
        #expect(try place.values(.committed) == ["plain"])
        try place.end(1, isCommit: false)
        #expect(place.log.bounds.lastStable == 2)
        try place.append(["a3"], producer: 1, sequence: 2, isTransactional: true)
        try place.end(2, isCommit: true)
        #expect(place.log.bounds.lastStable == 5)
        try place.end(1, isCommit: true)
        #expect(place.log.bounds.lastStable == 8)
        #expect(try place.values(.committed) == ["plain", "b1", "a3"])
        #expect(try place.values() == ["plain", "a1", "b1", "a2", "a3"])
        let aborted = [AbortedTransaction(producerID: 1, firstOffset: 1, lastOffset: 4)]
        #expect(try place.log.fetch(from: 0, maxBytes: 1 << 20, isolation: .committed).aborted == aborted)
        try place.losePower(seed: 5)
        #expect(try place.values(.committed) == ["plain", "b1", "a3"])
        #expect(try place.log.fetch(from: 3, maxBytes: 1 << 20, isolation: .committed).aborted == aborted)
        #expect(try place.log.fetch(from: 5, maxBytes: 1 << 20, isolation: .committed).aborted.isEmpty)
    }

    @Test func `an open transaction stays open over a crash`() throws {
        let place = try LogPlace()
        for number in 0..<60 as Range<Int32> {
            try place.append(["t\(number)"], producer: 1, sequence: number, isTransactional: true)
        }
        try place.losePower(seed: 1)
        #expect(place.log.bounds.lastStable == 0)
        try place.end(1, isCommit: false)
        #expect(place.log.bounds.lastStable == 61)
        #expect(try place.values(.committed).isEmpty)
    }

    @Test func `compaction takes what was taken back, and marks after their time`() throws {
        var settings = LogPlace.smallSettings
        settings.isCompacted = true
        settings.deleteRetentionMilliseconds = 100
        let place = try LogPlace(settings)
        func write(_ value: String, _ sequence: Int32) throws {
            let record = SampleRecord(timestamp: 1000, key: Array("k".utf8), value: Array(value.utf8))
            _ = try place.log.append(
                try sampleBatch([record], producer: 1, epoch: 0, sequence: sequence, isTransactional: true),
                now: 1000)
        }
        try write("good", 0)
        try place.end(1, isCommit: true)
        try write("bad", 1)
        try place.end(1, isCommit: false)
        for number in 0..<60 { try place.append(["x"], key: "filler \(number)") }
        _ = try place.log.compact(now: 2000, isForced: true)
        #expect(try place.values().filter { $0 != "x" } == ["good"])
        #expect(try place.values(.committed).filter { $0 != "x" } == ["good"])
        let before = place.log.byteCount
        for number in 60..<120 { try place.append(["x"], key: "filler \(number)") }
        let grown = place.log.byteCount
        _ = try place.log.compact(now: 2101, isForced: true)
        #expect(place.log.byteCount < grown)
        #expect(before > 0)
        // The producer goes on where it was, though its last records are gone.
        try place.reopen()
        try write("better", 2)
        try place.end(1, isCommit: true)
        #expect(try place.values(.committed).filter { $0 != "x" } == ["good", "better"])
    }

    // MARK: Reading

    @Test func `offsets outside the log are out of range`() throws {
        let place = try LogPlace()
        try place.append(["a", "b", "c"])
        #expect(try place.log.fetch(from: 3, maxBytes: 100).bytes.isEmpty)
        #expect(throws: LogError.offsetOutOfRange(start: 0, end: 3)) {
            try place.log.fetch(from: 4, maxBytes: 100)
        }
        _ = try place.log.deleteRecords(before: 2)
        #expect(throws: LogError.offsetOutOfRange(start: 2, end: 3)) {
            try place.log.fetch(from: 1, maxBytes: 100)
        }
        #expect(try place.values() == ["c"])
        #expect(try place.log.deleteRecords(before: -1) == 3)
        #expect(throws: LogError.offsetOutOfRange(start: 3, end: 3)) {
            try place.log.deleteRecords(before: 9)
        }
    }

    @Test func `a batch above the bound comes alone, or not at all`() throws {
        let place = try LogPlace()
        try place.append([String(repeating: "x", count: 500)])
        try place.append(["small"])
        #expect(try place.log.fetch(from: 0, maxBytes: 10).nextOffset == 1)
        #expect(try place.log.fetch(from: 0, maxBytes: 10, alwaysOne: false).bytes.isEmpty)
        #expect(try place.log.fetch(from: 1, maxBytes: 10).nextOffset == 2)
    }

    @Test func `with a time of the broker all records have it`() throws {
        var settings = LogPlace.smallSettings
        settings.usesLogAppendTime = true
        let place = try LogPlace(settings)
        #expect(try place.append(["a"], time: 5000).logAppendTime == 5000)
        let record = SampleRecord(timestamp: 1, key: nil, value: [1])
        _ = try place.log.append(try sampleBatch([record, record], .zstd), now: 7000)
        #expect(try place.all().map(\.record.timestamp) == [5000, 7000, 7000])
        #expect(try place.log.firstOffset(atOrAfter: 6000)?.offset == 1)
        #expect(try place.log.offsetOfMaxTimestamp() == .init(timestamp: 7000, offset: 1))
    }

    @Test func `leader epochs tell where they ended`() throws {
        let place = try LogPlace()
        let batch = try sampleBatch([SampleRecord(timestamp: 1, key: nil, value: [1])])
        for epoch in [0, 0, 3, 4, 4] as [Int32] {
            _ = try place.log.append(batch, now: 1, leaderEpoch: epoch)
        }
        try place.losePower(seed: 2)
        #expect(place.log.endOffset(ofLeaderEpoch: 2)?.endOffset == 2)
        #expect(place.log.endOffset(ofLeaderEpoch: 3)?.endOffset == 3)
        #expect(place.log.endOffset(ofLeaderEpoch: 9)?.endOffset == 5)
        #expect(place.log.endOffset(ofLeaderEpoch: 9)?.epoch == 4)
    }

    @Test func `reads go on while segments are compacted and deleted under them`() throws {
        var settings = LogPlace.smallSettings
        settings.isCompacted = true
        let place = try LogPlace(settings)
        let isDone = Atomic(false)
        let log = place.log
        let reader = Thread {
            var rounds = 0
            while !isDone.load(ordering: .acquiring) || rounds < 3 {
                rounds += 1
                var offset = log.bounds.logStart
                do {
                    while true {
                        let fetched = try log.fetch(from: offset, maxBytes: 500)
                        if fetched.bytes.isEmpty { break }
                        // Throws where the bytes are no whole batches with a right CRC.
                        _ = try sampleRecords(in: fetched.bytes)
                        offset = fetched.nextOffset
                    }
                } catch LogError.offsetOutOfRange {
                    continue
                } catch {
                    Issue.record("\(error)")
                    break
                }
            }
        }
        reader.start()
        for number in 0..<600 {
            try place.append(["v\(number)"], key: "k\(number % 7)")
            if number % 50 == 49 { _ = try log.compact(now: 2000, isForced: true) }
            if number % 90 == 89 { _ = try log.deleteRecords(before: Int64(number - 60)) }
        }
        isDone.store(true, ordering: .releasing)
        while !reader.isFinished { usleep(1000) }
    }

    @Test func `a place found before compaction does not lead into the file that came after it`() throws {
        let place = try LogPlace()
        for number in 0..<60 { try place.append(["v\(number)"], key: "k\(number % 3)") }
        let high = place.log.bounds.highWatermark
        let found = try #require(try place.log.withState { try place.log.place(of: 1, before: high) })
        _ = try place.log.compact(now: 2000, isForced: true)
        #expect(throws: StorageError.missing(path: found.file.path)) {
            try found.file.read(at: 0, count: 100)
        }
        #expect(try place.log.fetch(from: 1, maxBytes: 100).nextOffset > 1)
    }

    // MARK: What is refused

    @Test func `records that no client may send are refused`() throws {
        var settings = LogPlace.smallSettings
        settings.maxMessageBytes = 300
        settings.isCompacted = true
        let place = try LogPlace(settings)
        #expect(throws: LogError.records(.tooLarge(limit: 300))) {
            try place.append([String(repeating: "x", count: 400)])
        }
        #expect(throws: LogError.self) { try place.append(["x"], key: nil) }
        let mark = try TransactionMark(isCommit: true, coordinatorEpoch: 0).batch(
            producerID: 1, producerEpoch: 0, timestamp: 1)
        #expect(throws: LogError.self) { try place.log.append(mark, now: 1) }
        // An id from which on writers of the process have theirs.
        let keyed = [SampleRecord(timestamp: 1, key: [1], value: [1])]
        let asWriter = try sampleBatch(
            keyed, producer: ProducerTable.firstWriterID, epoch: 0, sequence: 0)
        #expect(throws: LogError.self) { try place.log.append(asWriter, now: 1) }
        #expect(place.log.producers.producers.isEmpty)
        var torn = try sampleBatch([SampleRecord(timestamp: 1, key: [1], value: [1])])
        torn.removeLast()
        #expect(throws: LogError.records(.corrupt("a batch that breaks off"))) {
            try place.log.append(torn, now: 1)
        }
        #expect(throws: LogError.self) { try place.log.append([], now: 1) }
        #expect(place.log.bounds.logEnd == 0)
    }

    // MARK: Deletion

    @Test func `retention by size keeps the youngest segments`() throws {
        let place = try LogPlace()
        for number in 0..<100 { try place.append(["v\(number)"]) }
        var settings = place.settings
        settings.retentionBytes = 4000
        place.log.configure(settings)
        #expect(try place.log.applyRetention(now: 0) > 0)
        #expect(place.log.byteCount >= 4000 && place.log.byteCount < 6000)
        #expect(try place.values().last == "v99")
        try place.losePower(seed: 1)
        #expect(try place.all().first?.offset == place.log.bounds.logStart)
    }
}
