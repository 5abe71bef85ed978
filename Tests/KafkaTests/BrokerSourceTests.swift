import Diagnostics
import Foundation
import Kafka
import Runtime
import Storage
import Synchronization
import Testing

@testable import Connectors

/// What librdkafka's mock can't do: our own broker instead.
@Suite struct BrokerSourceTests {
    private func settings(_ cluster: BrokerCluster, _ topic: String = "t") -> KafkaSourceSettings {
        var settings = KafkaSourceSettings(
            cluster: cluster.settings, topic: topic, relation: "T", group: "millrace.test.T")
        settings.patience = 60_000
        return settings
    }

    private func record(_ number: Int) -> TestRecord {
        TestRecord("k\(number)", "v\(number)", time: Int64(1000 * number))
    }

    @Test func `partitions that are added while it reads are read from their start`() throws {
        let cluster = try BrokerCluster(["t": 1])
        try cluster.append("t", (0..<5).map { (0, record($0)) })
        var settings = settings(cluster)
        settings.discoveryInterval = 50
        settings.start = .latest
        let reports = Mutex<[Diagnostic]>([])
        let reading = try SourceReading(settings) { report in reports.withLock { $0.append(report) } }
        _ = try reading.source.poll(maximumBytes: 1 << 20, isFinal: false)
        try KafkaTopics(cluster.settings).setPartitions("t", to: 3)
        try cluster.append("t", [(0, record(5)), (1, record(6)), (2, record(7))])
        #expect(
            try reading.read(3).sorted() == [
                "0 5 5000 k5 v5 []", "1 0 6000 k6 v6 []", "2 0 7000 k7 v7 []",
            ])
        #expect(reports.withLock { $0.first?.message.contains("has 3 partitions now, and had 1") } == true)
    }

    @Test func `reading starts at a time`() throws {
        let cluster = try BrokerCluster(["t": 2])
        for number in 0..<10 { try cluster.append("t", [(number % 2, record(number))]) }
        var settings = settings(cluster)
        settings.start = .time(6000)
        #expect(
            try SourceReading(settings).readAll().sorted().map { $0.split(separator: " ")[3] }.sorted() == [
                "k6", "k7", "k8", "k9",
            ])
        settings.start = .time(20_000)
        #expect(try SourceReading(settings).readAll().isEmpty)
    }

    @Test func `a topic that is made if it is not there gets what the statement says`() throws {
        let cluster = try BrokerCluster()
        var settings = settings(cluster)
        let problem = #expect(throws: Diagnostic.self) { try SourceReading(settings) }
        #expect(problem?.code == .notFound)
        settings.creation = KafkaNewTopic("t", partitions: 4, configuration: ["retention.ms": "1000000"])
        #expect(try SourceReading(settings).readAll().isEmpty)
        #expect(cluster.store.topic("t")?.partitionCount == 4)
    }

    @Test func `a topic that was deleted and made anew is noticed`() throws {
        let cluster = try BrokerCluster(["t": 1])
        try cluster.append("t", (0..<9).map { (0, record($0)) })
        let reading = try SourceReading(settings(cluster))
        #expect(try reading.readAll().count == 9)
        let position = reading.source.position()
        try cluster.store.delete("t")
        try cluster.store.create("t", partitions: 1, configuration: [:])
        try cluster.append("t", (0..<3).map { (0, record($0)) })
        let problem = #expect(throws: Diagnostic.self) {
            try SourceReading(settings(cluster), from: position)
        }
        #expect(problem?.message.contains("ends at offset 3, but T has read up to 9") == true)
    }

    @Test func `records of a transaction are seen once it is committed`() throws {
        let cluster = try BrokerCluster(["t": 1])
        let reading = try SourceReading(settings(cluster))
        let producer = try KafkaProducer(cluster.settings, topic: "t", transactionalID: "x")
        try producer.start(milliseconds: 10_000)
        for (number, isCommitted) in [true, false, true].enumerated() {
            try producer.begin()
            for part in 0..<3 {
                _ = try producer.send(
                    key: nil, value: Array("\(number).\(part)".utf8), timestamp: 1, partition: 0, tag: 1)
            }
            try producer.flush(milliseconds: 10_000)
            #expect(try reading.source.poll(maximumBytes: 1 << 20, isFinal: true).isEmpty)
            if isCommitted {
                try producer.commit(milliseconds: 10_000)
                #expect(try reading.read(3).count == 3)
            } else {
                try producer.abort(milliseconds: 10_000)
            }
        }
        let all = try SourceReading(settings(cluster)).readAll().map { $0.split(separator: " ")[4] }
        #expect(all == ["0.0", "0.1", "0.2", "2.0", "2.1", "2.2"])
    }

    @Test func `dead letters go to a topic, with the reason, once`() throws {
        let cluster = try BrokerCluster(["e": 1])
        let bed = TaskBed(
            servers: cluster.servers,
            statements: """
                CREATE STREAM E (N BIGINT) WITH (
                  kafka_topic = 'e', value_format = 'JSON', dead_letters = 'kafka://letters');
                CREATE STREAM F AS SELECT * FROM E;
                """)
        try cluster.append(
            "e",
            [
                (0, TestRecord(nil, "{\"N\":1}")), (0, TestRecord(nil, "{oops")),
                (0, TestRecord(nil, "{\"N\":2}")),
            ])
        let files = SimulatedFileSystem()
        for _ in 0..<2 { try bed.task(files).run(once: true) }
        let settings = settings(cluster, "letters")
        let letters = try SourceReading(settings).readAll()
        #expect(letters.count == 1)
        #expect(
            letters.first?.contains("- {oops [millrace.source=e,millrace.partition=0,millrace.offset=1,")
                == true)
        #expect(
            letters.first?.contains("millrace.code=malformed_json,millrace.reason=malformed JSON") == true)
        #expect(try SourceReading(self.settings(cluster, "F")).readAll().count == 2)
    }

    @Test func `a wrong password ends the start with the way out`() throws {
        let cluster = try BrokerCluster(["t": 1], passwords: ["shop": "right"])
        func settings(_ password: String) -> KafkaSourceSettings {
            var settings = self.settings(cluster)
            settings.cluster.properties = [
                "security.protocol": "SASL_PLAINTEXT", "sasl.mechanisms": "PLAIN",
                "sasl.username": "shop", "sasl.password": password,
            ]
            return settings
        }
        #expect(try SourceReading(settings("right")).readAll().isEmpty)
        let problem = #expect(throws: Diagnostic.self) { try SourceReading(settings("wrong-secret")) }
        #expect(problem?.hint?.contains("kafka.sasl.password") == true)
        #expect(problem.map { "\($0)".contains("wrong-secret") } == false)
    }
}
