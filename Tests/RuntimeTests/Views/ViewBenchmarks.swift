import Columnar
import Connectors
import Foundation
import Planning
import Runtime
import Storage
import Synchronization
import TestKit
import TestRunner
import Testing

/// Look-ups while a task works and while it does not, printed:
/// `MILLRACE_BENCH_VIEWS=1 swift test -c release --filter ViewBenchmarks`.
@Suite(
    .serialized, .enabled(if: ProcessInfo.processInfo.environment["MILLRACE_BENCH_VIEWS"] == "1"))
struct ViewBenchmarks {
    private static let keys = 1_000_000
    private static let updates = 1_500_000
    private static let statements = """
        CREATE STREAM s (k BIGINT KEY, v BIGINT) WITH (kafka_topic = 'S', value_format = 'JSON');
        CREATE TABLE t AS SELECT k, COUNT(*) AS n, SUM(v) AS total, MAX(v) AS most FROM s GROUP BY k;
        """

    private static func record(_ key: Int, _ number: Int) -> MemoryRecord {
        MemoryRecord(
            key: withUnsafeBytes(of: Int64(key).bigEndian) { Array($0) },
            value: Array("{\"V\": \(number)}".utf8), timestamp: Int64(number))
    }

    /// One look-up after another for as long as `goesOn`, and how long each took.
    private static func latencies(
        seed: UInt64, _ goesOn: () -> Bool, _ lookUp: (Int) throws -> Void
    ) rethrows -> [Double] {
        var random = SeededGenerator(seed: seed)
        var took: [Double] = []
        while goesOn() {
            let key = random.below(keys)
            let start = ContinuousClock.now
            try lookUp(key)
            took.append(Double((ContinuousClock.now - start).components.attoseconds) / 1e12)
        }
        return took
    }

    private static func report(_ what: String, _ took: [Double], seconds: Double) {
        let sorted = took.sorted()
        guard let last = sorted.last else { return }
        func at(_ share: Double) -> Int { Int(sorted[Int(Double(sorted.count - 1) * share)]) }
        print(
            "BENCH \(what): \(Int(Double(took.count) / seconds)) look-ups/s, p50 \(at(0.5)) µs, "
                + "p99 \(at(0.99)) µs, p99.9 \(at(0.999)) µs, longest \(Int(last)) µs")
    }

    private static func lookUp(_ key: Int, _ view: TableView) throws {
        let column = ColumnBuilder(type: .bigint, capacity: 1)
        column.append(Int64(key))
        _ = try view.rows(of: [column.finish()], count: 1)
    }

    @Test(arguments: [1 << 30, 64 << 20])
    func `look-ups by key`(memory: Int) throws {
        var random = SeededGenerator(seed: 3)
        var messages = (0..<Self.keys).map { Self.record($0, $0) }
        for number in 0..<Self.updates { messages.append(Self.record(random.below(Self.keys), number)) }
        let directory = FileManager.default.temporaryDirectory.appending(path: "views-\(memory)").path
        try? FileManager.default.removeItem(atPath: directory)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var configuration = TaskConfiguration(stateDirectory: directory)
        configuration.views = ["T"]
        configuration.stateMemoryBytes = memory
        configuration.triggerMilliseconds = 100
        let plan = try PipelineRun.plan(Self.statements)
        let task = PipelineTask(
            plan: plan, configuration: configuration, environment: .machine(LocalFileSystem()),
            sources: ["S": MemorySource(name: "topic", messages: messages)], sinks: [:])
        let isOver = Atomic<Bool>(false)
        let latencies = Mutex<[Double]>([])
        let done = DispatchGroup()
        done.enter()
        let start = ContinuousClock.now
        Thread {
            while task.view(of: "T") == nil { usleep(1000) }
            if let view = task.view(of: "T") {
                let took = try? Self.latencies(
                    seed: 1, { !isOver.load(ordering: .relaxed) }, { try Self.lookUp($0, view) })
                latencies.withLock { $0 = took ?? [] }
            }
            done.leave()
        }.start()
        try task.run(once: true)
        let seconds = Double((ContinuousClock.now - start).components.seconds)
        isOver.store(true, ordering: .relaxed)
        done.wait()
        print("BENCH \(memory >> 20) MB: \(messages.count) records taken in \(seconds) s")
        Self.report("\(memory >> 20) MB, task at work", latencies.withLock { $0 }, seconds: seconds)
        let view = try #require(task.view(of: "T"))
        let end = ContinuousClock.now + .seconds(3)
        let took = try Self.latencies(seed: 2, { ContinuousClock.now < end }, { try Self.lookUp($0, view) })
        Self.report("\(memory >> 20) MB, task at rest", took, seconds: 3)
        try scan(view, memory)
    }

    private func scan(_ view: TableView, _ memory: Int) throws {
        var rows = 0
        let took = try ContinuousClock().measure {
            try view.scan { block in
                rows += block.count
                return true
            }
        }
        print("BENCH \(memory >> 20) MB: a scan of \(rows) rows takes \(took)")
        #expect(rows == Self.keys)
    }
}
