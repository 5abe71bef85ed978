import Broker
import Diagnostics
import Foundation
import Kafka
import Runtime
import Synchronization
import TestKit
import Testing

@testable import Connectors

/// A topic that was deleted and made anew with as many records as were read, or more.
@Suite struct ReplacedTopicTests {
    private func settings(
        _ cluster: BrokerCluster, reset: KafkaSourceSettings.Reset = .fail
    ) -> KafkaSourceSettings {
        var settings = KafkaSourceSettings(
            cluster: cluster.settings, topic: "t", relation: "T", group: "millrace.test.T")
        settings.patience = 60_000
        settings.reset = reset
        return settings
    }

    /// Records of all partitions by turns.
    private func fill(
        _ cluster: BrokerCluster, _ numbers: Range<Int>, partitions: Int = 2, value: String = "v"
    ) throws {
        try cluster.append(
            "t",
            numbers.map { number in
                (number % partitions, TestRecord("k\(number)", "\(value)\(number)", time: 1000))
            })
    }

    /// The same name, other records at the same times.
    private func replace(_ cluster: BrokerCluster, count: Int, partitions: Int = 2) throws {
        try cluster.store.delete("t")
        try cluster.store.create("t", partitions: partitions, configuration: [:])
        try fill(cluster, 0..<count, partitions: partitions, value: "new")
    }

    @Test(arguments: [8, 30]) func `it is told at a restart`(count: Int) throws {
        let cluster = try BrokerCluster(["t": 2])
        try fill(cluster, 0..<8)
        let reading = try SourceReading(settings(cluster))
        #expect(try reading.readAll().count == 8)
        let position = reading.source.position()
        #expect(try SourceReading(settings(cluster), from: position).readAll().isEmpty)
        try replace(cluster, count: count)
        let problem = #expect(throws: Diagnostic.self) {
            try SourceReading(settings(cluster), from: position).readAll()
        }
        #expect(problem?.message == "the topic t was deleted and made anew since T has read it")
        #expect(problem?.hint?.contains("auto.offset.reset") == true)
        // The same while it waits for more.
        let again = #expect(throws: Diagnostic.self) {
            try SourceReading(settings(cluster), from: position).read(1)
        }
        #expect(again == problem)
    }

    @Test func `it is read from its start, or from now on, where the relation says so`() throws {
        let cluster = try BrokerCluster(["t": 2])
        try fill(cluster, 0..<8)
        let reading = try SourceReading(settings(cluster))
        #expect(try reading.readAll().count == 8)
        let position = reading.source.position()
        try replace(cluster, count: 30)
        let reports = Mutex<[Diagnostic]>([])
        let fresh = try SourceReading(settings(cluster, reset: .earliest), from: position) { report in
            reports.withLock { $0.append(report) }
        }
        let found = try fresh.readAll()
        #expect(found.count == 30 && Set(found).count == 30)
        #expect(found.allSatisfy { $0.contains(" new") })
        #expect(
            reports.withLock { $0.map(\.message) } == [
                "the topic t was deleted and made anew since T has read it: it goes on with its first records"
            ])
        #expect(try SourceReading(settings(cluster), from: fresh.source.position()).readAll().isEmpty)
        let late = try SourceReading(settings(cluster, reset: .latest), from: position)
        #expect(try late.readAll().isEmpty)
        try fill(cluster, 30..<33)
        #expect(try late.read(3).count == 3)
    }

    @Test func `the topic that it was is read on, whatever became of its last records`() throws {
        let cluster = try BrokerCluster(["t": 2])
        try fill(cluster, 0..<8)
        let reading = try SourceReading(settings(cluster))
        #expect(try reading.readAll().count == 8)
        let position = reading.source.position()
        try fill(cluster, 8..<12)
        #expect(try SourceReading(settings(cluster), from: position).readAll().count == 4)
        // Position of a version that kept no marks.
        let known = try TopicPosition(position)
        #expect(known.marks.keys.sorted() == [0, 1])
        let former = TopicPosition(topic: known.topic, next: known.next).encoded
        #expect(former.first == 1)
        #expect(try SourceReading(settings(cluster), from: former).readAll().count == 4)
        // Deleted since, by retention: the first offsets are behind the marks.
        var ahead = known
        ahead.marks = [0: RecordMark(offset: -1, key: nil, value: nil, time: 0)]
        #expect(try SourceReading(settings(cluster), from: ahead.encoded).readAll().count == 4)
    }

    @Test func `a last record in a transaction is followed by its mark`() throws {
        let cluster = try BrokerCluster(["t": 1])
        let producer = try KafkaProducer(cluster.settings, topic: "t", transactionalID: "x")
        try producer.start(milliseconds: 10_000)
        func write(_ text: String) throws {
            try producer.begin()
            _ = try producer.send(key: nil, value: Array(text.utf8), timestamp: 1, partition: 0, tag: 1)
            try producer.flush(milliseconds: 10_000)
            try producer.commit(milliseconds: 10_000)
        }
        try write("a")
        let reading = try SourceReading(settings(cluster))
        #expect(try reading.readAll().count == 1)
        let position = reading.source.position()
        #expect(try TopicPosition(position).next == [2])
        #expect(try SourceReading(settings(cluster), from: position).readAll().isEmpty)
        try write("b")
        #expect(try SourceReading(settings(cluster), from: position).readAll() == ["0 2 1 - b []"])
    }

    @Test func `a partition whose end was written anew is told by its number`() throws {
        let cluster = try BrokerCluster(["t": 2])
        try fill(cluster, 0..<8)
        let reading = try SourceReading(settings(cluster))
        #expect(try reading.readAll().count == 8)
        let position = reading.source.position()
        try cluster.store.delete("t")
        try cluster.store.create("t", partitions: 2, configuration: [:])
        let records = (0..<10).map { number in
            (number % 2, TestRecord("k\(number)", number == 7 ? "other" : "v\(number)", time: 1000))
        }
        try cluster.append("t", records)
        let problem = #expect(throws: Diagnostic.self) {
            try SourceReading(settings(cluster), from: position).readAll()
        }
        // Which of the two is heard of first is not said.
        #expect(problem?.message.hasPrefix("t") == true)
        let reports = Mutex<[Diagnostic]>([])
        let fresh = try SourceReading(settings(cluster, reset: .earliest), from: position) { report in
            reports.withLock { $0.append(report) }
        }
        let found = try fresh.readAll()
        #expect(found.filter { $0.hasPrefix("0") }.map { $0.split(separator: " ")[4] } == ["v8"])
        #expect(found.filter { $0.hasPrefix("1") }.count == 5)
        #expect(
            reports.withLock { $0.first?.message.contains("partition 1, has another record at offset 3") }
                == true)
    }

    @Test func `ranges of an epoch that is run again are compared too`() throws {
        let cluster = try BrokerCluster(["t": 2])
        let reading = try SourceReading(settings(cluster, reset: .earliest))
        let begun = reading.source.position()
        try fill(cluster, 0..<8)
        let ranges = try reading.source.poll(maximumBytes: 1 << 20, isFinal: true)
        #expect(try ranges.flatMap { try reading.lines($0) }.count <= 8)
        func replayed() throws -> [String] {
            let again = try SourceReading(settings(cluster, reset: .earliest), from: begun)
            for range in ranges { try again.source.replay(range) }
            return try ranges.flatMap { try again.lines($0) }
        }
        #expect(try !replayed().isEmpty)
        try cluster.store.delete("t")
        try cluster.store.create("t", partitions: 2, configuration: [:])
        try fill(cluster, 0..<20, value: "w")
        let problem = #expect(throws: Diagnostic.self) { try replayed() }
        #expect(problem?.message.contains("was deleted and made anew") == true)
    }

    @Test func `many partitions cost one request, and no time`() throws {
        let partitions = Effort.isFull ? 500 : 100
        let cluster = try BrokerCluster(["t": partitions])
        try fill(cluster, 0..<(partitions * 3), partitions: partitions)
        let reading = try SourceReading(settings(cluster))
        #expect(try reading.readAll().count == partitions * 3)
        let position = try TopicPosition(reading.source.position())
        #expect(position.marks.count == partitions)
        try fill(cluster, 0..<partitions, partitions: partitions)
        func seconds(_ position: TopicPosition) throws -> Double {
            let since = ContinuousClock.now
            #expect(
                try SourceReading(settings(cluster), from: position.encoded).readAll().count == partitions)
            return (ContinuousClock.now - since) / .seconds(1)
        }
        let without = try seconds(TopicPosition(topic: position.topic, next: position.next))
        let with = try seconds(position)
        print("restart with \(partitions) partitions: \(without) s without marks, \(with) s with them")
        #expect(with < without + 3)
    }

    @Test func `it is told while it is read, where it was gone for a while`() throws {
        let cluster = try BrokerCluster(["t": 2])
        try fill(cluster, 0..<8)
        var settings = settings(cluster)
        settings.discoveryInterval = 50
        let reading = try SourceReading(settings)
        #expect(try reading.read(8).count == 8)
        try cluster.store.delete("t")
        let end = Date(timeIntervalSinceNow: 60)
        while reading.source.trouble?.reason.code != .notFound, Date() < end {
            #expect(try reading.source.poll(maximumBytes: 1 << 20, isFinal: false).isEmpty)
            reading.source.wait(milliseconds: 20)
        }
        #expect(reading.source.trouble?.reason.code == .notFound)
        try cluster.store.create("t", partitions: 2, configuration: [:])
        try fill(cluster, 0..<30, value: "new")
        let problem = #expect(throws: Diagnostic.self) { try reading.read(1) }
        #expect(problem?.message == "the topic t was deleted and made anew since T has read it")
    }

    @Test func `one with fewer records is told at once`() throws {
        let cluster = try BrokerCluster(["t": 2])
        try fill(cluster, 0..<8)
        let reports = Mutex<[Diagnostic]>([])
        let reading = try SourceReading(settings(cluster, reset: .earliest)) { report in
            reports.withLock { $0.append(report) }
        }
        #expect(try reading.read(8).count == 8)
        // One partition has fewer than were read, the other as many.
        try cluster.store.delete("t")
        try cluster.store.create("t", partitions: 2, configuration: [:])
        try cluster.append(
            "t", (0..<6).map { ($0 < 2 ? 0 : 1, TestRecord("k\($0)", "new\($0)", time: 1000)) })
        let found = try reading.read(6)
        #expect(found.count == 6 && Set(found).count == 6, "\(found)")
        let messages = reports.withLock { $0.map(\.message) }
        #expect(messages.contains { $0.contains("partition 0, ends at offset 2") }, "\(messages)")
        #expect(messages.contains { $0.contains("was deleted and made anew") }, "\(messages)")
    }
}
