import Diagnostics
import Foundation
import Kafka
import Runtime
import Storage
import Synchronization
import TestKit
import Testing

@testable import Connectors

/// Tasks that die at any step of a sink's commit; others take up what they have left.
@Suite struct ExactlyOnceTests {
    private static let statements = """
        CREATE STREAM E (K STRING KEY, N BIGINT) WITH (kafka_topic = 'e', value_format = 'JSON');
        CREATE STREAM ODD WITH (partitions = 2) AS SELECT * FROM E WHERE N % 2 = 1;
        CREATE TABLE SUMS AS SELECT K, COUNT(*) AS C, SUM(N) AS S FROM E GROUP BY K;
        """
    private static let steps = ["begun", "flushed", "marked", "committed"]
    private static let isFull = ProcessInfo.processInfo.environment["MILLRACE_FULL"] == "1"

    private func records(_ numbers: Range<Int>) -> [(partition: Int, record: TestRecord)] {
        numbers.map { number in
            (number % 3, TestRecord("k\(number % 7)", "{\"N\":\(number)}", time: Int64(1000 + number)))
        }
    }

    /// All committed records of a topic: key and value.
    private func read(_ cluster: BrokerCluster, _ topic: String) throws -> [String] {
        let settings = KafkaSourceSettings(
            cluster: cluster.settings, topic: topic, relation: topic, group: "reader")
        return try SourceReading(settings).readAll().map { line in
            line.split(separator: " ").dropFirst(3).prefix(2).joined(separator: " ")
        }
    }

    private func check(_ cluster: BrokerCluster, upTo count: Int, _ note: Comment) throws {
        let odd = try read(cluster, "ODD").sorted()
        let expected = (0..<count).filter { $0 % 2 == 1 }.map { "k\($0 % 7) {\"N\":\($0)}" }.sorted()
        #expect(odd == expected, note)
        var sums: [String: String] = [:]
        for line in try read(cluster, "SUMS") {
            let parts = line.split(separator: " ")
            sums[String(parts[0])] = String(parts[1])
        }
        for key in 0..<7 {
            let own = (0..<count).filter { $0 % 7 == key }
            #expect(sums["k\(key)"] == "{\"C\":\(own.count),\"S\":\(own.reduce(0, +))}", note)
        }
    }

    private func die(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let cluster = try BrokerCluster(["e": 3])
        // Every other one with messages of tables that are sent before their epoch ends.
        let settings = seed % 2 == 1 ? "SET 'cache.max.bytes.buffering' = '0';" : ""
        let bed = TaskBed(servers: cluster.servers, statements: settings + Self.statements)
        var files = SimulatedFileSystem()
        var zombies: [(task: RunningTask, barrier: Barrier)] = []
        var produced = 0
        let note: Comment = "seed \(seed)"
        for _ in 0..<3 {
            let more = random.int(50...300)
            try cluster.append("e", records(produced..<produced + more))
            produced += more
            let (relation, step) = (random.pick(["ODD", "SUMS"]), random.pick(Self.steps))
            let left = Atomic<Int>(random.int(0...3))
            let barrier = Barrier()
            let task = try bed.task(
                files, threads: Int(seed % 3) + 1,
                onStep: { name, reached in
                    guard name == relation, reached == step,
                        left.subtract(1, ordering: .relaxed).oldValue == 0
                    else { return }
                    barrier.block()
                })
            let running = RunningTask(task)
            try running.wait {
                barrier.isReached || task.status.records >= produced && task.status.lagBytes == 0
            }
            if case .failure(let problem) = running.result { throw problem }
            // The power goes; whoever still works does so on a disk that nobody sees any more.
            files = files.crash(seed: random.next())
            zombies.append((running, barrier))
        }
        let survivor = RunningTask(try bed.task(files), once: true)
        try survivor.wait()
        try survivor.result?.get()
        try check(cluster, upTo: produced, note)
        for (zombie, barrier) in zombies {
            barrier.open()
            zombie.task.stop()
            try zombie.wait()
        }
        // What the dead have tried since was fenced off.
        try check(cluster, upTo: produced, note)
    }

    @Test(arguments: (isFull ? 1...60 : 1...2) as ClosedRange<UInt64>)
    func `whatever step a task dies at, each record counts once`(seed: UInt64) throws { try die(seed) }

    @Test func `a task whose place was taken is told so and writes no more`() throws {
        let cluster = try BrokerCluster(["e": 3])
        let bed = TaskBed(servers: cluster.servers, statements: Self.statements)
        let files = SimulatedFileSystem()
        try cluster.append("e", records(0..<100))
        let barrier = Barrier()
        let zombie = RunningTask(
            try bed.task(
                files, onStep: { name, step in if name == "ODD", step == "flushed" { barrier.block() } }))
        try zombie.wait { barrier.isReached }
        let survivor = RunningTask(try bed.task(files.crash(seed: 1)), once: true)
        try survivor.wait()
        try survivor.result?.get()
        barrier.open()
        try zombie.wait()
        guard case .failure(let problem) = zombie.result else {
            Issue.record("the zombie has gone on")
            return
        }
        #expect(problem.code == DiagnosticCode.conflict)
        try check(cluster, upTo: 100, "after the zombie")
    }
}
