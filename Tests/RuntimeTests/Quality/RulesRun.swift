import Columnar
import Connectors
import Diagnostics
import Foundation
import Language
import Planning
import Storage
import Synchronization
import TestRunner
import Testing

@testable import Runtime

/// A small pipeline with rules, over lines in memory, run in pieces by tasks of which each knows only what
/// the one before it has left on the disk.
final class RulesRun {
    static let statements = """
        CREATE STREAM raw (id INT, k STRING, price INT, ts BIGINT)
          WITH (connector = 'files', path = 'raw', value_format = 'JSON', timestamp = 'ts');
        CREATE STREAM good AS SELECT id, k, price FROM raw WHERE price IS NOT NULL;
        CREATE STREAM cheap AS SELECT id, price FROM good WHERE price < 50;
        CREATE TABLE sums AS SELECT k, COUNT(*) AS n, SUM(price) AS total FROM good GROUP BY k;
        """

    /// A clock that is set by hand.
    final class Clock: Sendable {
        private let time = Mutex<Int64>(1_700_000_000_000)

        var now: Int64 { time.withLock { $0 } }

        func pass(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }
    }

    let plan: PipelinePlan
    let disk: SimulatedFileSystem
    private(set) var sinks: [String: MemorySink] = [:]
    private var lines: [String] = []
    let clock = Clock()
    /// Whether epochs end by time; else by size alone, whatever the machine's speed.
    var hasTrigger = false
    var way = Way.whole
    private(set) var status = PipelineStatus()

    /// - Parameters:
    ///   - rules: the list of the rules file.
    ///   - more: statements beside the usual ones.
    init(_ rules: String, disk: SimulatedFileSystem = SimulatedFileSystem(), more: String = "") throws {
        self.disk = disk
        var planner = PipelinePlanner()
        var reader = ScriptReader(
            Self.statements + more + """
                CREATE SINK CONNECTOR good_lake
                  WITH ('connector.class' = 'delta', 'from' = 'good', 'path' = 'g');
                CREATE SINK CONNECTOR cheap_lake
                  WITH ('connector.class' = 'delta', 'from' = 'cheap', 'path' = 'c');
                CREATE SINK CONNECTOR sums_lake
                  WITH ('connector.class' = 'delta', 'from' = 'sums', 'path' = 's');
                """)
        while let statement = try reader.next() { try planner.add(statement) }
        var plan = planner.plan
        var variables = Variables()
        if !rules.isEmpty {
            let file =
                #"{"results": "r", "quarantine": "q", "alerts": "/alerts.jsonl", "rules": [\#(rules)]}"#
            try RuleFileReader.add(file, file: "rules", variables: &variables, to: &plan)
        }
        self.plan = plan
        for sink in plan.sinks { sinks[sink.name] = MemorySink(name: sink.name) }
    }

    func task(resuming: [String] = [], source: MemorySource? = nil) -> PipelineTask {
        var configuration = TaskConfiguration(stateDirectory: "/state")
        configuration.threads = way.threads
        configuration.chunkBytes = way.chunkBytes
        configuration.epochBytes = way.epochBytes
        configuration.resumedSinks = resuming
        configuration.triggerMilliseconds = 1
        var byRelation: [String: [any Sink]] = [:]
        for sink in plan.sinks {
            guard let kept = sinks[sink.name] else { continue }
            byRelation[sink.from.name, default: []].append(kept)
        }
        var environment = TaskEnvironment.simulated(disk, clock: 0)
        environment.clock = { [clock] in clock.now }
        if hasTrigger { environment.monotonic = { ProcessInfo.processInfo.systemUptime * 1000 } }
        return PipelineTask(
            plan: plan, configuration: configuration, environment: environment,
            sources: ["RAW": source ?? MemorySource(name: "input.jsonl", lines: lines)], sinks: byRelation)
    }

    /// Takes more lines, with a task of its own.
    func take(_ more: [String], resuming: [String] = []) throws {
        lines += more
        let task = task(resuming: resuming)
        try task.run(once: true)
        status = task.status
    }

    /// The rows of a sink as texts, in order.
    func rows(_ sink: String) -> [String] { (sinks[sink]?.records ?? []).map { Self.text($0.values) } }

    /// Of a table the last row of each key.
    func latest(_ sink: String) -> [String: String] {
        var rows: [String: String] = [:]
        for record in sinks[sink]?.records ?? [] {
            rows[Self.text([record.values[0]])] = record.isDeletion ? nil : Self.text(record.values)
        }
        return rows
    }

    /// What the results say: `rule STATUS checked failing action`.
    func results() -> [String] {
        let relation = QualityRelations.results
        func place(_ name: String) -> Int { relation.columns.firstIndex { $0.name == name } ?? 0 }
        let shown = ["RULE", "STATUS", "CHECKED_ROWS", "FAILING_ROWS", "ACTION"].map(place)
        return (sinks[relation.name]?.records ?? []).map { record in
            shown.map { Self.text([record.values[$0]]) }.joined(separator: " ")
        }
    }

    static func text(_ values: [Columnar.Value]) -> String {
        values.map { value in
            switch value {
            case .null: return "-"
            case .integer(let number): return "\(number)"
            case .bigint(let number): return "\(number)"
            case .double(let number): return "\(number)"
            case .string(let text): return text
            default: return "\(value)"
            }
        }.joined(separator: " ")
    }

    static func line(_ id: Int, _ kind: String?, _ price: Int?, at time: Int) -> String {
        "{\"id\":\(id),\"k\":\(kind.map { "\"\($0)\"" } ?? "null"),"
            + "\"price\":\(price.map(String.init) ?? "null"),\"ts\":\(time)}"
    }
}
