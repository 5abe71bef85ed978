import Broker
import Diagnostics
import Storage
import Synchronization
import TestKit
import Testing

@testable import Connectors
@testable import Runtime

@Suite struct TopicSourceTests {
    private func records(_ numbers: Range<Int>) -> [TopicRecord] {
        numbers.map {
            TopicRecord(
                key: $0 % 5 == 0 ? nil : [UInt8(truncatingIfNeeded: $0)],
                value: $0 % 7 == 0 ? nil : Array("value \($0)".utf8), timestamp: Int64($0),
                headers: $0 % 11 == 0 ? [.init("h", [1]), .init("n", nil)] : [])
        }
    }

    private func bed(_ partitions: Int = 2, _ configuration: [String: String] = [:]) throws -> TopicBed {
        let bed = try TopicBed()
        try bed.store.create(
            "t", partitions: partitions,
            configuration: configuration.merging(["retention.ms": "-1"]) { old, _ in old })
        return bed
    }

    private func source(_ bed: TopicBed, _ start: TopicSource.Start = .earliest) throws -> TopicSource {
        let source = TopicSource(topic: "t", store: bed.store, relation: "R", start: start)
        try source.restore(nil)
        return source
    }

    /// All records of a range: partition, offset and what they are.
    private func read(
        _ source: TopicSource, _ range: InputRange, targetBytes: Int = 100
    ) throws -> [String] {
        var lines: [String] = []
        for loader in try source.chunks(of: range, targetBytes: targetBytes) {
            for chunk in try loader.load() {
                guard case .messages(let spans) = chunk.framing else { continue }
                func bytes(_ range: Range<Int>?) -> String {
                    guard let range else { return "-" }
                    let all = UnsafeRawBufferPointer(
                        start: chunk.buffer.pointer, count: chunk.buffer.capacity)
                    return "\(Array(all[range]))"
                }
                for row in 0..<spans.values.count {
                    let headers = spans.headers.isEmpty ? [] : spans.headers[row]
                    lines.append(
                        "\(chunk.partition) \(spans.offsets[row]) \(spans.timestamps[row]) "
                            + "\(bytes(spans.keys.range(row))) \(bytes(spans.values.range(row))) \(headers)")
                }
            }
        }
        return lines
    }

    private func line(_ partition: Int, _ offset: Int, _ record: TopicRecord) -> String {
        "\(partition) \(offset) \(record.timestamp) \(record.key.map { "\($0)" } ?? "-") "
            + "\(record.value.map { "\($0)" } ?? "-") "
            + "\(record.headers.map { MessageHeader($0.name, $0.value) })"
    }

    @Test func `all records come once, in ranges that are not larger than asked for, and again the same`()
        throws
    {
        for seed in 1...25 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let bed = try bed(3)
            var expected: [[String]] = [[], [], []]
            var found: [[String]] = [[], [], []]
            var source = try source(bed)
            var ranges: [InputRange] = []
            var saved: [UInt8]?
            var logged: [InputRange] = []
            for _ in 0..<40 {
                switch random.below(6) {
                case 0, 1:
                    let partition = random.below(3)
                    let first = random.below(100)
                    let new = records(first..<first + 1 + random.below(40))
                    let base = Int(try bed.store.append(new, to: "t", partition: partition))
                    for (index, record) in new.enumerated() {
                        expected[partition].append(line(partition, base + index, record))
                    }
                case 2:
                    saved = source.position()
                    logged = []
                case 3:
                    // Another process goes on.
                    try bed.losePower(seed: seed)
                    source = TopicSource(topic: "t", store: bed.store, relation: "R")
                    try source.restore(saved)
                    for range in logged { try source.replay(range) }
                default:
                    let limit = 1 + random.below(600)
                    let polled = try source.poll(maximumBytes: limit, isFinal: false)
                    let bytes = polled.reduce(0) { $0 + $1.byteCount }
                    #expect(bytes <= limit || polled.count == 1, "seed \(seed)")
                    ranges += polled
                    logged += polled
                }
            }
            while true {
                let polled = try source.poll(maximumBytes: 700, isFinal: true)
                if polled.isEmpty { break }
                ranges += polled
            }
            #expect(source.lag() == 0)
            for range in ranges {
                let once = try read(source, range)
                #expect(try read(source, range, targetBytes: 1 << 20) == once, "seed \(seed)")
                for line in once { found[Int(String(line.prefix(1))) ?? 0].append(line) }
            }
            #expect(found == expected, "seed \(seed)")
        }
    }

    @Test func `reading starts where it is told to`() throws {
        let bed = try bed()
        for partition in 0..<2 { try bed.store.append(records(0..<10), to: "t", partition: partition) }
        let source = try source(bed, .offsets([0: 10, 1: 7]))
        #expect(source.recordLag() == 3)
        try bed.store.append(records(10..<12), to: "t", partition: 0)
        let found = try source.poll(maximumBytes: 1000, isFinal: false).flatMap { try read(source, $0) }
        #expect(
            Set(found)
                == Set(
                    (7..<10).map { line(1, $0, records($0..<$0 + 1)[0]) }
                        + (10..<12).map { line(0, $0, records($0..<$0 + 1)[0]) }))
    }

    @Test func `more records than a batch may have come in several chunks`() throws {
        let bed = try bed(1)
        try bed.store.append(
            (0..<70_000).map { TopicRecord(value: [UInt8($0 & 127)], timestamp: Int64($0)) }, to: "t",
            partition: 0)
        let source = try source(bed)
        let ranges = try source.poll(maximumBytes: 1 << 30, isFinal: false)
        var offsets: [Int64] = []
        for range in ranges {
            for loader in try source.chunks(of: range, targetBytes: 1 << 30) {
                for chunk in try loader.load() {
                    guard case .messages(let spans) = chunk.framing else { continue }
                    #expect(spans.values.count <= 65_536)
                    #expect(spans.values.range(0)?.count == 1)
                    offsets += spans.offsets
                }
            }
        }
        #expect(offsets == Array(0..<70_000))
    }

    @Test func `records that were deleted before they were read are told`() throws {
        let bed = try bed(1, ["retention.bytes": "1", "segment.bytes": "1024"])
        let source = try source(bed)
        try bed.store.append(records(1..<50), to: "t", partition: 0)
        let range = try #require(try source.poll(maximumBytes: 300, isFinal: false).first)
        let position = source.position()
        for _ in 0..<5 { try bed.store.append(records(1..<50), to: "t", partition: 0) }
        #expect(bed.store.tick() == [])
        let loader = try #require(try source.chunks(of: range, targetBytes: 100).first)
        let lost = #expect(throws: Diagnostic.self) { try loader.load() }
        #expect(lost?.message.contains("from offset 0 on were deleted before R had read them") == true)
        #expect(throws: Diagnostic.self) { try source.poll(maximumBytes: 300, isFinal: false) }
        let other = TopicSource(topic: "t", store: bed.store, relation: "R")
        #expect(throws: Diagnostic.self) { try other.restore(position) }
        #expect(throws: Never.self) { try other.restore(nil) }
        #expect(throws: Diagnostic.self) { try other.replay(range) }
    }

    @Test func `the lost end of a topic is told`() throws {
        let files = SimulatedFileSystem()
        let store = try TopicStore(directory: "/topics", fileSystem: files, durability: .lazy)
        try store.create("t")
        try store.append(records(1..<3), to: "t", partition: 0)
        let source = TopicSource(topic: "t", store: store, relation: "R")
        try source.restore(nil)
        let range = try #require(try source.poll(maximumBytes: 300, isFinal: false).first)
        let position = source.position()
        // Of what the power took.
        var lost: Diagnostic?
        for seed in 0..<40 as Range<UInt64> where lost == nil {
            let again = try TopicStore(directory: "/topics", fileSystem: files.crash(seed: seed))
            guard try again.bounds("t", 0).end == 0 else { continue }
            let other = TopicSource(topic: "t", store: again, relation: "R")
            lost = #expect(throws: Diagnostic.self) { try other.restore(position) }
            try other.restore(nil)
            #expect(throws: Diagnostic.self) { try other.replay(range) }
        }
        #expect(lost?.message.contains("ends at offset 0, but R has read up to 2") == true)
    }

    @Test func `a topic that is deleted under a reader is told, and its successor too`() throws {
        let bed = try bed(1)
        try bed.store.append(records(1..<50), to: "t", partition: 0)
        let source = try source(bed)
        let range = try #require(try source.poll(maximumBytes: 300, isFinal: false).first)
        let loader = try #require(try source.chunks(of: range, targetBytes: 100).first)
        let position = source.position()
        try bed.store.delete("t")
        for gone in [
            #expect(throws: Diagnostic.self) { try loader.load() },
            #expect(throws: Diagnostic.self) { try source.poll(maximumBytes: 300, isFinal: false) },
        ] {
            #expect(gone?.message == "the topic t, which R reads, is not there")
        }
        #expect(source.lag() == 0)
        try bed.store.create("t")
        let other = TopicSource(topic: "t", store: bed.store, relation: "R")
        let replaced = #expect(throws: Diagnostic.self) { try other.restore(position) }
        #expect(replaced?.message.contains("was deleted and made anew") == true)
        try other.restore(nil)
        #expect(throws: Diagnostic.self) { try other.replay(range) }
    }

    @Test func `a wait ends with input, and a scheduler is told without one`() throws {
        let bed = try bed(1)
        let calls = Mutex(0)
        let source = TopicSource(topic: "t", store: bed.store, relation: "R") {
            calls.withLock { $0 += 1 }
        }
        try source.restore(nil)
        try bed.store.append(records(1..<2), to: "t", partition: 0)
        #expect(calls.withLock { $0 } == 1)
        // Already woken: neither takes its minute.
        source.wait(milliseconds: 60_000)
        source.wait(milliseconds: 0)
        try bed.store.append(records(1..<2), to: "t", partition: 0)
        source.wait(milliseconds: 60_000)
        source.wake()
        source.wait(milliseconds: 60_000)
        #expect(calls.withLock { $0 } == 2)
    }

    @Test func `a position of another version is refused`() throws {
        let bed = try bed(1)
        let source = try source(bed)
        for bytes in [[], [9], Array(source.position().dropLast()), source.position() + [0]] as [[UInt8]] {
            #expect(throws: Diagnostic.self) { try source.restore(bytes) }
        }
    }
}
