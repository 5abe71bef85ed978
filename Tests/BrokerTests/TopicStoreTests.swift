import Foundation
import Storage
import Synchronization
import TestKit
import Testing

@testable import Broker

@Suite struct TopicStoreTests {
    private func record(_ value: String, key: String? = nil, time: Int64 = 7) -> TopicRecord {
        TopicRecord(key: key.map { Array($0.utf8) }, value: Array(value.utf8), timestamp: time)
    }

    private func all(_ store: TopicStore, _ topic: String, _ partition: Int) throws -> [TopicRecord] {
        let reader = try store.reader(topic)
        var offset = try reader.bounds(partition).start
        var records: [TopicRecord] = []
        while true {
            let fetched = try reader.read(partition, from: offset, maximumBytes: 1000)
            if fetched.nextOffset == offset { return records }
            records += try fetched.records().map(\.record)
            offset = fetched.nextOffset
        }
    }

    private func values(_ store: TopicStore, _ topic: String, _ partition: Int) throws -> [String] {
        try all(store, topic, partition).map { String(decoding: $0.value ?? [], as: UTF8.self) }
    }

    @Test func `records come back as they were, after a loss of power too`() throws {
        let files = SimulatedFileSystem()
        let store = try TopicStore(directory: "/topics", fileSystem: files)
        try store.create("t", partitions: 2, configuration: ["retention.ms": "-1"])
        let records = [
            TopicRecord(key: [1, 2], value: [3], timestamp: 1_700_000_000_000),
            TopicRecord(key: [], value: nil, timestamp: 0),
            TopicRecord(
                value: [], timestamp: 5, headers: [.init("a", [1]), .init("a", nil), .init("", [])]),
            TopicRecord(value: [9], timestamp: 3),
        ]
        #expect(try store.append(records, to: "t", partition: 1) == 0)
        #expect(try store.append(records, to: "t", partition: 1) == 4)
        let again = try TopicStore(directory: "/topics", fileSystem: files.crash(seed: 1))
        #expect(again.topics.map(\.name) == ["t"])
        #expect(again.topic("t")?.configuration == ["retention.ms": "-1"])
        #expect(try all(again, "t", 1) == records + records)
        #expect(try again.bounds("t", 1).count == 8)
        #expect(try again.bounds("t", 0).count == 0)
    }

    @Test func `spans are the records`() throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let store = try TopicStore(directory: "/topics", fileSystem: SimulatedFileSystem())
            try store.create("t")
            for _ in 0..<20 {
                let records = (0...random.below(20)).map { _ in
                    let sample = SampleRecord.random(&random)
                    return TopicRecord(
                        key: sample.key, value: sample.value, timestamp: sample.timestamp,
                        headers: sample.headers.map { .init($0.key, $0.value) })
                }
                try store.append(records, to: "t", partition: 0)
            }
            let count = try store.bounds("t", 0).end
            let from = Int64(random.below(Int(count)))
            let end = from + Int64(random.below(Int(count - from) + 1))
            let fetched = try store.reader("t").read(0, from: from, upTo: end, maximumBytes: 1 << 20)
            let records = try fetched.records()
            #expect(records.map(\.offset) == Array(from..<end))
            #expect(fetched.nextOffset == end)
            #expect(try spans(fetched) == records.map(\.record), "seed \(seed)")
            #expect(try all(store, "t", 0)[Int(from)..<Int(end)] == records.map(\.record)[...])
        }
    }

    private func spans(_ fetched: FetchedRecords) throws -> [TopicRecord] {
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: fetched.byteCount, alignment: 8)
        let fields = UnsafeMutablePointer<UInt32>.allocate(capacity: 4 * fetched.recordLimit)
        let numbers = UnsafeMutablePointer<Int64>.allocate(capacity: 2 * fetched.recordLimit)
        defer {
            bytes.deallocate()
            fields.deallocate()
            numbers.deallocate()
        }
        let limit = fetched.recordLimit
        let (count, headers) = try fetched.fill(
            .init(
                bytes: bytes, keyStarts: fields, keyLengths: fields + limit, valueStarts: fields + 2 * limit,
                valueLengths: fields + 3 * limit, timestamps: numbers, offsets: numbers + limit))
        func field(_ row: Int, _ part: Int) -> [UInt8]? {
            let length = fields[(part + 1) * limit + row]
            if length == RecordColumns.absent { return nil }
            return Array(
                UnsafeRawBufferPointer(start: bytes + Int(fields[part * limit + row]), count: Int(length)))
        }
        return (0..<count).map { row in
            TopicRecord(
                key: field(row, 0), value: field(row, 2), timestamp: numbers[row],
                headers: row < headers.count ? headers[row] : [])
        }
    }

    @Test func `an epoch of many partitions is completed where a crash has left some without it`() throws {
        func records() -> TopicRecords {
            var records = TopicRecords(partitionCount: 4, batchByteCount: 60)
            for number in 0..<40 { records.add(record("v\(number)", key: "k\(number)")) }
            return records
        }
        func contents(_ store: TopicStore) throws -> [[String]] {
            try (0..<4).map { try values(store, "t", $0) }
        }
        func prepared() throws -> (SimulatedFileSystem, TopicStore, Int) {
            let files = SimulatedFileSystem()
            let store = try TopicStore(directory: "/topics", fileSystem: files)
            try store.create("t", partitions: 4)
            return (files, store, files.operationCount)
        }
        func write(_ store: TopicStore) throws {
            try store.writer("me/sink", of: "t").append(records(), epoch: 3)
        }
        let (files, store, start) = try prepared()
        try write(store)
        let expected = try contents(store)
        #expect(expected.joined().count == 40)
        #expect(expected.allSatisfy { !$0.isEmpty })
        for operation in 1...(files.operationCount - start) {
            let (files, store, start) = try prepared()
            files.crashAt(start + operation)
            #expect(throws: TopicStoreError.self) { try write(store) }
            let again = try TopicStore(directory: "/topics", fileSystem: files.crash(seed: UInt64(operation)))
            try write(again)
            #expect(try contents(again) == expected, "operation \(operation)")
            try write(again)
            #expect(try contents(again) == expected, "operation \(operation)")
        }
    }

    @Test func `many threads append and read at once, and nothing is lost or twice`() throws {
        let directory = NSTemporaryDirectory() + "topics-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let store = try TopicStore(directory: directory, fileSystem: LocalFileSystem())
        try store.create("t", partitions: 2)
        let (writers, count) = (4, 150)
        let problems = Mutex<[String]>([])
        let group = DispatchGroup()
        func start(_ body: @escaping @Sendable () throws -> Void) {
            Thread.detachNewThread {
                do { try body() } catch { problems.withLock { $0.append("\(error)") } }
                group.leave()
            }
            group.enter()
        }
        for writer in 0..<writers {
            start {
                for number in 0..<count {
                    let record = TopicRecord(
                        value: Array("\(writer) \(number)".utf8), timestamp: Int64(number))
                    try store.append([record], to: "t", partition: (writer + number) % 2)
                }
            }
        }
        for _ in 0..<2 {
            start {
                let reader = try store.reader("t")
                let news = DispatchSemaphore(value: 0)
                let subscription = reader.onInput { news.signal() }
                var next: [Int64] = [0, 0]
                var seen: [[Int]] = (0..<writers).map { _ in [] }
                while seen.reduce(0, { $0 + $1.count }) < writers * count {
                    var isIdle = true
                    for partition in 0..<2 {
                        let fetched = try reader.read(partition, from: next[partition], maximumBytes: 900)
                        for (_, record) in try fetched.records() {
                            let words = String(decoding: record.value ?? [], as: UTF8.self).split(
                                separator: " ")
                            seen[Int(words[0]) ?? 0].append(Int(words[1]) ?? -1)
                        }
                        if fetched.nextOffset > next[partition] { isIdle = false }
                        next[partition] = fetched.nextOffset
                    }
                    if isIdle, news.wait(timeout: .now() + 60) == .timedOut {
                        problems.withLock { $0.append("a reader was not told") }
                        break
                    }
                }
                subscription.cancel()
                for writer in 0..<writers {
                    for parity in 0..<2 {
                        let numbers = seen[writer].filter { $0 % 2 == parity }
                        if numbers != Array(stride(from: parity, to: count, by: 2)) {
                            problems.withLock { $0.append("writer \(writer): \(numbers)") }
                        }
                    }
                }
            }
        }
        #expect(group.wait(timeout: .now() + 120) == .success)
        #expect(problems.withLock { $0 } == [])
        store.close()
    }

    @Test func `readers are told of records, and of the end of the topic`() throws {
        let store = try TopicStore(directory: "/topics", fileSystem: SimulatedFileSystem())
        try store.create("t")
        let reader = try store.reader("t")
        let calls = Mutex(0)
        var subscription: TopicSubscription? = reader.onInput { calls.withLock { $0 += 1 } }
        try store.append(record("a"), to: "t")
        try store.writer("w", of: "t").append(TopicRecords(partitionCount: 1), epoch: 1)
        #expect(calls.withLock { $0 } == 2)
        try store.delete("t")
        #expect(calls.withLock { $0 } == 3)
        #expect(subscription != nil)
        subscription = nil
        #expect(throws: TopicStoreError.unknown("t")) { try reader.read(0, from: 0, maximumBytes: 1) }
        try store.create("t")
        try store.append(record("b"), to: "t")
        #expect(calls.withLock { $0 } == 3)
        // Another topic has the name now.
        #expect(throws: TopicStoreError.unknown("t")) { try reader.bounds(0) }
    }

    @Test func `retention takes what is old, of topics that nobody uses too`() throws {
        let files = SimulatedFileSystem()
        let clock = Mutex<Int64>(1000)
        func open() throws -> TopicStore {
            try TopicStore(
                directory: "/topics", fileSystem: files, clock: { clock.withLock { $0 } })
        }
        var store = try open()
        try store.create("short", configuration: ["retention.ms": "100"])
        try store.create("long", configuration: ["retention.ms": "-1"])
        for topic in ["short", "long"] { try store.append(record("a", time: 1000), to: topic) }
        #expect(store.tick() == [])
        #expect(try values(store, "short", 0) == ["a"])
        store.close()
        store = try open()
        clock.withLock { $0 = 2000 }
        #expect(store.tick() == [])
        #expect(try values(store, "short", 0) == [])
        #expect(try store.bounds("short", 0).start == 1)
        #expect(try values(store, "long", 0) == ["a"])
        #expect(throws: TopicStoreError.outOfRange(start: 1, end: 1)) {
            try store.reader("short").read(0, from: 0, maximumBytes: 100)
        }
    }

    @Test func `a lazy store keeps what a killed process has written, and whole epochs whatever happens`()
        throws
    {
        let files = SimulatedFileSystem()
        let store = try TopicStore(directory: "/topics", fileSystem: files, durability: .lazy)
        try store.create("t")
        var epoch = TopicRecords(partitionCount: 1)
        epoch.add(record("epoch"))
        try store.writer("w", of: "t").append(epoch, epoch: 1)
        let operations = files.operationCount
        try store.append(record("late"), to: "t")
        // One write and no fsync.
        #expect(files.operationCount == operations + 1)
        #expect(try values(store, "t", 0) == ["epoch", "late"])
        let killed = try TopicStore(directory: "/topics", fileSystem: files)
        #expect(try values(killed, "t", 0) == ["epoch", "late"])
        for seed in 0..<10 as Range<UInt64> {
            let again = try TopicStore(directory: "/topics", fileSystem: files.crash(seed: seed))
            #expect(try values(again, "t", 0).first == "epoch")
        }
    }

    @Test func `keys go where Kafka puts them`() {
        // From the unit test of Kafka's own implementation.
        let known: [(String, Int32)] = [
            ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
        ]
        for (text, hash) in known {
            let found = Array(text.utf8).withUnsafeBytes { KafkaPartitioner.murmur2($0) }
            #expect(Int32(bitPattern: found) == hash, "\(text)")
        }
    }
}
