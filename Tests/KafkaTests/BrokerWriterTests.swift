import Broker
import Diagnostics
import Foundation
import Kafka
import Runtime
import Storage
import Synchronization
import Testing

@testable import Connectors

/// The sink's side on our own broker, which refuses as a cluster does.
@Suite struct BrokerWriterTests {
    private func cluster(_ topics: [String]) throws -> BrokerCluster {
        let cluster = try BrokerCluster()
        for topic in topics {
            try cluster.store.create(topic, partitions: 1, configuration: ["max.message.bytes": "2000"])
        }
        return cluster
    }

    private func rows(_ cluster: BrokerCluster, _ topic: String) throws -> [String] {
        let settings = KafkaSourceSettings(
            cluster: cluster.settings, topic: topic, relation: "T", group: "reader")
        return try SourceReading(settings).readAll().map { String($0.split(separator: " ")[4]) }
    }

    private func append(
        _ writer: KafkaEpochWriter, _ values: [String], _ told: ([Int: String]) -> Void
    ) throws {
        try writer.append(epoch: 1) { outlet throws(KafkaError) in
            for (number, value) in values.enumerated() {
                var failure: KafkaError?
                Array(value.utf8).withUnsafeBytes { bytes in
                    do throws(KafkaError) {
                        try outlet.send(
                            number, key: nil, value: bytes, timestamp: 5, partition: 0, copies: true)
                    } catch {
                        failure = error
                    }
                }
                if let failure { throw failure }
            }
        } beforeCommit: { (refused: [Int: String]) throws(SinkError) in
            told(refused)
        }
    }

    @Test(arguments: [true, false]) func `several rows that are too large for the topic cost only themselves`(
        isTransactional: Bool
    ) throws {
        let cluster = try cluster(["t"])
        let writer = KafkaEpochWriter(
            cluster.settings, KafkaNewTopic("t", partitions: 1), applicationID: "me/sink",
            isTransactional: isTransactional)
        try writer.open()
        let long = String(repeating: "x", count: 3000)
        var refused: [Int: String] = [:]
        // A refused batch leaves a gap in the producer's numbers: what passes is tried again, as a task does.
        var attempts = 0
        while writer.marked.epoch == nil, attempts < 20 {
            attempts += 1
            do {
                try append(writer, ["a", long, "b", long, "c", long]) { refused = $0 }
            } catch SinkError.unavailable {}
        }
        #expect(refused.keys.sorted() == [1, 3, 5])
        let found = try rows(cluster, "t")
        // Exactly once in a transaction; without one a batch that was refused is sent again.
        if isTransactional { #expect(found == ["a", "b", "c"]) }
        #expect(Set(found) == ["a", "b", "c"])
    }

    @Test func `a dead letter that its topic does not take is kept as a file`() throws {
        let cluster = try cluster(["letters"])
        try cluster.store.create("e", partitions: 1, configuration: [:])
        let bed = TaskBed(
            servers: cluster.servers,
            statements: """
                CREATE STREAM E (N BIGINT) WITH (
                  kafka_topic = 'e', value_format = 'JSON', dead_letters = 'kafka://letters');
                CREATE STREAM F AS SELECT * FROM E;
                """)
        let long = "{oops " + String(repeating: "x", count: 3000)
        try cluster.append(
            "e",
            [(0, TestRecord(nil, "{bad")), (0, TestRecord(nil, long)), (0, TestRecord(nil, "{\"N\":2}"))])
        let files = SimulatedFileSystem()
        let reports = Mutex<[Diagnostic]>([])
        try bed.task(files) { report in reports.withLock { $0.append(report) } }.run(once: true)
        #expect(try rows(cluster, "letters") == ["{bad"])
        let names = try files.list("/state/dead-letters").map(\.name)
        #expect(names.count == 1 && names.first?.hasSuffix("-e-too-large.jsonl") == true, "\(names)")
        let text = String(
            decoding: try files.read("/state/dead-letters/" + (names.first ?? "")), as: UTF8.self)
        #expect(text.contains("{oops xxx") && text.split(separator: "\n").count == 1)
        #expect(reports.withLock { $0.contains { $0.message.contains("takes 1 dead letters not") } })
    }

    @Test func `a final reading leaves to the next what came after it, also beside a slow partition`() throws
    {
        let cluster = try BrokerCluster(["t": 2])
        let long = String(repeating: "x", count: 200)
        try cluster.append("t", [(0, TestRecord("a", "b"))])
        try cluster.append("t", (0..<400).map { (1, TestRecord("k\($0)", long)) })
        var settings = KafkaSourceSettings(
            cluster: cluster.settings, topic: "t", relation: "T", group: "g")
        settings.patience = 60_000
        let reading = try SourceReading(settings)
        var count = 0
        func take() throws -> Bool {
            let ranges = try reading.source.poll(maximumBytes: 2000, isFinal: true)
            for range in ranges { count += try reading.lines(range).count }
            return !ranges.isEmpty
        }
        _ = try take()
        try cluster.append("t", (0..<30).map { (0, TestRecord("late\($0)", "v")) })
        while try take() { usleep(10_000) }
        #expect(count == 401)
        let again = try SourceReading(settings, from: reading.source.position()).readAll()
        #expect(again.count == 30)
    }
}
