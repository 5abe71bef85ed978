import Columnar
import Connectors
import Foundation
import Runtime
import Storage
import Synchronization
import TestKit
import TestRunner
import Testing

/// Readers of a view while its task works, also where its rows do not all fit into memory.
@Suite struct ViewReadersTests {
    /// Rows that show when they are torn: all columns hold one number.
    private static let statements = """
        CREATE TABLE t (k BIGINT PRIMARY KEY, a BIGINT, b STRING, c BIGINT, d STRING)
          WITH (kafka_topic = 'T', value_format = 'JSON');
        """

    private static func record(_ key: Int, _ number: Int) -> MemoryRecord {
        let text = "number \(number) as a text that is not short"
        let value = "{\"A\": \(number), \"B\": \"\(text)\", \"C\": \(number), \"D\": \"\(text)\"}"
        return MemoryRecord(
            key: withUnsafeBytes(of: Int64(key).bigEndian) { Array($0) },
            value: number % 11 == 0 ? nil : Array(value.utf8), timestamp: Int64(number))
    }

    /// What is wrong with rows of a block.
    private static func problem(_ block: RowBlock) -> String? {
        for row in 0..<block.count {
            guard case .bigint(let number) = block.columns[1].value(at: row) else { return "no number" }
            let text = Value.string("number \(number) as a text that is not short")
            guard block.columns[3].value(at: row) == .bigint(number),
                block.columns[2].value(at: row) == text, block.columns[4].value(at: row) == text
            else { return "row \(block.columns.prefix(5).map { $0.value(at: row) })" }
        }
        return nil
    }

    private final class Findings: Sendable {
        let isOver = Atomic<Bool>(false)
        let lookups = Atomic<Int>(0)
        let scans = Atomic<Int>(0)
        let problems = Mutex<[String]>([])

        func note(_ problem: String) { problems.withLock { $0.append(problem) } }
    }

    private static func read(_ task: PipelineTask, _ findings: Findings, keys: Int, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        do {
            while !findings.isOver.load(ordering: .relaxed) {
                guard let view = task.view(of: "T") else {
                    usleep(200)
                    continue
                }
                if random.once(in: 200) {
                    try view.scan(blockRows: 64) { block in
                        if let problem = problem(block) { findings.note("a scan sees \(problem)") }
                        return true
                    }
                    findings.scans.add(1, ordering: .relaxed)
                } else {
                    let wanted = (0..<random.int(1...3)).map { _ in Value.bigint(Int64(random.below(keys))) }
                    let builder = ColumnBuilder(type: .bigint)
                    for key in wanted { builder.append(key) }
                    let block = try view.rows(of: [builder.finish()], count: wanted.count)
                    if let problem = problem(block) { findings.note("a look-up sees \(problem)") }
                    for row in 0..<block.count where !wanted.contains(block.columns[0].value(at: row)) {
                        findings.note("a look-up sees another key")
                    }
                    findings.lookups.add(1, ordering: .relaxed)
                }
            }
        } catch {
            findings.note("\(error)")
        }
    }

    /// - Returns: the view's rows when all is done, against the latest of each key.
    private func run(keys: Int, records: Int, memory: Int, epochBytes: Int, readers: Int) throws {
        var random = SeededGenerator(seed: 7)
        var latest: [Int: Int] = [:]
        var messages: [MemoryRecord] = []
        for number in 1...records {
            let key = number <= keys ? number - 1 : random.below(keys)
            latest[key] = number % 11 == 0 ? nil : number
            messages.append(Self.record(key, number))
        }
        var configuration = TaskConfiguration(stateDirectory: "/state")
        configuration.views = ["T"]
        configuration.epochBytes = epochBytes
        configuration.chunkBytes = 50_000
        configuration.stateMemoryBytes = memory
        let fileSystem = SimulatedFileSystem()
        func task() throws -> PipelineTask {
            PipelineTask(
                plan: try PipelineRun.plan(Self.statements), configuration: configuration,
                environment: .simulated(fileSystem),
                sources: ["T": MemorySource(name: "topic", messages: messages)], sinks: [:])
        }
        let working = try task()
        let findings = Findings()
        let done = DispatchGroup()
        for reader in 0..<readers {
            let thread = Thread {
                Self.read(working, findings, keys: keys, seed: UInt64(reader))
                done.leave()
            }
            done.enter()
            thread.start()
        }
        try working.run(once: true)
        // Readers have seen the end too.
        let (lookups, scans) = (
            findings.lookups.load(ordering: .relaxed), findings.scans.load(ordering: .relaxed)
        )
        let limit = Date(timeIntervalSinceNow: 60)
        while findings.lookups.load(ordering: .relaxed) < lookups + 50
            || findings.scans.load(ordering: .relaxed) < scans + 1, Date() < limit
        {
            usleep(1000)
        }
        findings.isOver.store(true, ordering: .relaxed)
        done.wait()
        #expect(findings.problems.withLock { $0 }.prefix(3) == [])
        try expect(latest, in: try #require(working.view(of: "T")))
        let restarted = try task()
        try restarted.run(once: true)
        try expect(latest, in: try #require(restarted.view(of: "T")))
    }

    private func expect(_ latest: [Int: Int], in view: TableView) throws {
        var seen = 0
        var wrong: [String] = []
        try view.scan { block in
            seen += block.count
            for row in 0..<block.count {
                let (key, number) = (block.columns[0].int64s[row], block.columns[1].int64s[row])
                if latest[Int(key)] != Int(number) { wrong.append("\(key) is \(number)") }
            }
            return true
        }
        #expect(seen == latest.count)
        #expect(wrong.prefix(3) == [])
        for key in [0, 1, latest.count / 2, latest.count + 1_000_000] {
            let builder = ColumnBuilder(type: .bigint)
            builder.append(Int64(key))
            let block = try view.rows(of: [builder.finish()], count: 1)
            #expect(block.count == (latest[key] == nil ? 0 : 1))
            if block.count == 1 { #expect(block.columns[1].int64s[0] == Int64(latest[key] ?? -1)) }
        }
    }

    @Test func `readers see whole rows while the task works`() throws {
        try run(keys: 200, records: 3_000, memory: 1 << 30, epochBytes: 50_000, readers: 2)
    }

    @Test func `readers see whole rows of which most are on disk`() throws {
        try run(keys: 3_000, records: 5_000, memory: 400_000, epochBytes: 100_000, readers: 2)
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["MILLRACE_FULL"] == "1"))
    func `a million keys in 64 MB`() throws {
        try run(keys: 1_000_000, records: 1_300_000, memory: 64 << 20, epochBytes: 32 << 20, readers: 2)
    }
}
