import Diagnostics
import Foundation
import Kafka
import Runtime
import Storage
import Synchronization
import Testing

@testable import Broker
@testable import Connectors

/// Messages that are sent while their epoch is at work.
@Suite struct SendAheadTests {
    private static let statements = """
        SET 'cache.max.bytes.buffering' = '0';
        CREATE STREAM E (K STRING KEY, N BIGINT) WITH (kafka_topic = 'e', value_format = 'JSON');
        CREATE STREAM F AS SELECT * FROM E;
        CREATE TABLE SUMS AS SELECT K, COUNT(*) AS C FROM E GROUP BY K;
        """

    private func records(_ numbers: Range<Int>) -> [(partition: Int, record: TestRecord)] {
        numbers.map { (0, TestRecord("k\($0 % 3)", "{\"N\":\($0)}", time: Int64(1000 + $0))) }
    }

    /// Committed records: key and value.
    private func read(_ cluster: BrokerCluster, _ topic: String) throws -> [String] {
        let settings = KafkaSourceSettings(
            cluster: cluster.settings, topic: topic, relation: topic, group: "reader")
        return try SourceReading(settings).readAll().map { line in
            line.split(separator: " ").dropFirst(3).prefix(2).joined(separator: " ")
        }
    }

    /// Records of a topic that are there, committed or not, with marks of transactions.
    private func end(_ cluster: BrokerCluster, _ topic: String) throws -> Int64 {
        try cluster.store.catalogue.log(topic, 0).bounds.highWatermark
    }

    private func order(_ count: Int) -> [String] { (0..<count).map { "k\($0 % 3) {\"N\":\($0)}" } }

    @Test func `readers of what is not committed have rows before the epoch ends, others behind it`() throws {
        let cluster = try BrokerCluster(["e": 1])
        let bed = TaskBed(servers: cluster.servers, statements: Self.statements)
        let task = RunningTask(try bed.task(SimulatedFileSystem(), triggerMilliseconds: 60_000))
        try task.wait { task.task.status.phase == .running }
        for step in 1...3 {
            try cluster.append("e", records((step - 1) * 10..<step * 10))
            try task.wait { try end(cluster, "F") >= step * 10 }
        }
        // A change for each key and read, at least.
        try task.wait { try end(cluster, "SUMS") >= 9 }
        #expect(try read(cluster, "F").isEmpty)
        #expect(task.task.status.committedEpochs == 0)
        task.task.stop()
        try task.wait()
        #expect(try read(cluster, "F") == order(30))
        #expect(try read(cluster, "SUMS").suffix(3).sorted() == (0..<3).map { "k\($0) {\"C\":10}" })
    }

    @Test func `what a transaction loses that took too long is sent again, before what came later`() throws {
        let cluster = try BrokerCluster(["e": 1])
        let bed = TaskBed(servers: cluster.servers, statements: Self.statements)
        let calls = Atomic<Int>(0)
        let task = RunningTask(
            try bed.task(
                SimulatedFileSystem(), threads: 2, properties: ["transaction.timeout.ms": "1000"],
                onStep: { name, step in
                    // All of the second epoch is there, and is not committed for longer than that.
                    guard name == "F", step == "marked",
                        calls.add(1, ordering: .relaxed).newValue == 2
                    else { return }
                    usleep(2_500_000)
                }))
        var count = 0
        while calls.load(ordering: .relaxed) < 3 {
            try cluster.append("e", records(count..<count + 5))
            count += 5
            usleep(30_000)
            if let result = task.result { try result.get() }
        }
        try task.wait { task.task.status.records >= count }
        task.task.stop()
        try task.wait()
        try task.result?.get()
        #expect(try read(cluster, "F") == order(count))
        let last = Dictionary(
            try read(cluster, "SUMS").map { ($0.prefix(2), $0.dropFirst(3)) }, uniquingKeysWith: { $1 })
        for key in 0..<3 {
            #expect(last["k\(key)"] == "{\"C\":\((0..<count).count { $0 % 3 == key })}")
        }
    }

    @Test func `a topic that has epochs of another instance is refused, with the ways out`() throws {
        let cluster = try BrokerCluster(["e": 1])
        let bed = TaskBed(servers: cluster.servers, statements: Self.statements)
        try cluster.append("e", records(0..<5))
        let files = SimulatedFileSystem()
        try bed.task(files).run(once: true)
        let problem = try #require(throws: Diagnostic.self) {
            try bed.task(SimulatedFileSystem()).run(once: true)
        }
        #expect(problem.message.contains("holds epochs of another instance of F.topic: millrace."))
        #expect(problem.hint?.contains("or delete the topic, or the group millrace.") == true)
        // A topic that was deleted takes the group's offset with it.
        let topics = try KafkaTopics(cluster.settings, milliseconds: 10_000)
        for topic in ["F", "SUMS"] { try topics.delete(topic) }
        try bed.task(SimulatedFileSystem()).run(once: true)
        #expect(try read(cluster, "F") == order(5))
    }

    @Test func `tasks of a service may write to a topic together`() {
        let identity = TopicSinkIdentity("00ff-12/S.topic", topic: "s")
        #expect(identity.isOwn("00ff-12"))
        #expect(identity.isOwn("00ff-3"))
        for other in ["00ff", "00ff-", "00ff-x", "00fe-3", "00ff-3-4", "a00ff-3"] {
            #expect(!identity.isOwn(other[...]), "\(other)")
        }
        #expect(!TopicSinkIdentity("00ff/S.topic", topic: "s").isOwn("00ff-1"))
    }
}
