import Columnar
import Connectors
import Foundation
import Runtime
import Storage
import TestRunner
import TestKit
import Testing

/// Views of tables of all kinds, against what sinks were told.
@Suite struct TableViewTests {
    private static func statements(perRecord: Bool) -> String {
        """
        SET 'emit.per.record' = '\(perRecord)';
        CREATE STREAM l (k STRING KEY, v INT) WITH (kafka_topic = 'L', value_format = 'JSON');
        CREATE TABLE t (k STRING PRIMARY KEY, v INT) WITH (kafka_topic = 'T', value_format = 'JSON');
        CREATE TABLE u (k STRING PRIMARY KEY, v INT, f STRING)
          WITH (kafka_topic = 'U', value_format = 'JSON');
        CREATE TABLE counts AS SELECT k, COUNT(*) AS n, MAX(v) AS most FROM l GROUP BY k;
        CREATE TABLE few AS SELECT v, COUNT(*) AS n FROM l GROUP BY v HAVING COUNT(*) < 3;
        CREATE TABLE pairs WITH (key_format = 'JSON') AS
          SELECT k, v % 3 AS m, SUM(v) AS s FROM l GROUP BY k, v % 3;
        CREATE TABLE tumbling AS
          SELECT k, COUNT(*) AS n FROM l WINDOW TUMBLING (SIZE 2 SECONDS) GROUP BY k;
        CREATE TABLE hopping AS
          SELECT k, SUM(v) AS s FROM l WINDOW HOPPING (SIZE 3 SECONDS, ADVANCE BY 1 SECOND) GROUP BY k;
        CREATE TABLE sessions AS SELECT k, COUNT(*) AS n FROM l WINDOW SESSION (1 SECOND) GROUP BY k;
        CREATE TABLE filtered AS SELECT k, v + 1 AS w, ARRAY[v, v] AS list FROM t WHERE v % 2 = 0;
        CREATE TABLE both AS SELECT ROWKEY AS k, t.v AS tv, u.v AS uv FROM t FULL JOIN u ON t.k = u.k;
        CREATE TABLE named AS SELECT u.k AS k, u.v AS uv, t.v AS tv FROM u LEFT JOIN t ON u.f = t.k;
        CREATE TABLE sums AS SELECT u.f AS f, SUM(u.v) AS s FROM u GROUP BY u.f;
        """
    }

    private static func run(_ seed: UInt64) -> (ViewRun, SeededGenerator) {
        var random = SeededGenerator(seed: seed)
        var time: Int64 = 20_000
        var messages: [String: [MemoryRecord]] = ["L": [], "T": [], "U": []]
        var order: [String] = []
        for number in 0..<random.int(1...120) {
            time += Int64(random.int(0...400))
            let relation = random.pick(["L", "L", "T", "U"])
            var value: String? = "{\"V\": \(random.int(0...9)), \"F\": \"\(random.pick(["a", "b", "c"]))\"}"
            if relation != "L", random.once(in: 4) { value = nil }
            if relation == "L", random.once(in: 20) { value = "{\"V\": null}" }
            messages[relation]?.append(
                MemoryRecord(
                    key: Array(random.pick(["a", "b", "c", "d", "e-\(number)"]).utf8),
                    value: value.map { Array($0.utf8) },
                    timestamp: max(0, time - Int64(random.once(in: 4) ? random.int(0...3_000) : 0))))
            order.append(relation)
        }
        let run = ViewRun(
            statements: statements(perRecord: random.chance(30)), messages: messages, order: order)
        return (run, random)
    }

    private static var seeds: ClosedRange<UInt64> {
        ProcessInfo.processInfo.environment["MILLRACE_FULL"] == "1" ? 1...300 : 1...10
    }

    @Test(arguments: seeds)
    func `holds the latest rows, also after restarts`(seed: UInt64) throws {
        var (run, random) = Self.run(seed)
        let ways =
            [Way.random(records: run.order.count, using: &random)]
            + (seed % 5 == 0 ? [Way.restarting(run.order.count)] : [])
        for way in ways {
            if random.chance(30) { run.stateMemoryBytes = 40_000 }
            let found = try run.difference(way) { view, rows in
                try Self.lookupDifference(view, rows, using: &random)
            }
            #expect(
                found == nil, "seed \(seed), \(way.details), \(run.stateMemoryBytes) bytes: \(found ?? "")")
        }
    }

    /// Looks up keys that are there and one that is not, with bounds that hold all or some of the windows.
    private static func lookupDifference(
        _ view: TableView, _ rows: [ViewRun.Row], using random: inout SeededGenerator
    ) throws -> String? {
        let relation = view.relation
        let keys = Set(rows.map { Array($0.values[..<relation.keyCount]) })
        for key in keys {
            var bounds = WindowBounds.all
            if relation.windowing != nil, random.chance(70) {
                let low = Int64(random.int(15_000...60_000)) / 1000 * 1000
                bounds.starts = random.pick([
                    low...low, low...(low + 5_000), .min...low, low...Int64.max, low...(1 << 50),
                ])
                if random.chance(30) { bounds.ends = (low - 3_000)...(low + 9_000) }
            }
            func lies(_ row: ViewRun.Row) -> Bool {
                relation.windowing == nil
                    || bounds.starts.contains(row.windowStart ?? 0)
                        && bounds.ends.contains(row.windowEnd ?? 0)
            }
            let found = ViewRun.rows(
                try view.rows(of: ViewRun.key(key, relation), count: 1, windows: bounds), relation)
            let expected = rows.filter { Array($0.values[..<relation.keyCount]) == key && lies($0) }
            if let difference = ViewRun.difference(found.filter(lies), expected) {
                return "look-up of \(key) within \(bounds): \(difference)"
            }
        }
        let nobody: [Value] = relation.keys.map { $0.type == .string ? .string("nobody") : .integer(-7) }
        let none = try view.rows(of: ViewRun.key(nobody, relation), count: 1)
        return none.count == 0 ? nil : "a row of a key that is not there"
    }

    @Test func `windows past their retention are gone`() throws {
        var messages: [MemoryRecord] = []
        for second in 0..<200 {
            messages.append(
                MemoryRecord(
                    key: Array("k\(second % 3)".utf8), value: Array("{\"V\": 1}".utf8),
                    timestamp: Int64(second) * 1000))
        }
        var run = ViewRun(
            statements: """
                CREATE STREAM l (k STRING KEY, v INT) WITH (kafka_topic = 'L', value_format = 'JSON');
                CREATE TABLE short AS SELECT k, COUNT(*) AS n FROM l
                  WINDOW TUMBLING (SIZE 2 SECONDS, RETENTION 30 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY k;
                CREATE TABLE long AS SELECT k, COUNT(*) AS n FROM l
                  WINDOW HOPPING (SIZE 4 SECONDS, ADVANCE BY 2 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY k;
                """, messages: ["L": messages], order: messages.map { _ in "L" })
        run.watermark = 199_000
        run.retentions = ["SHORT": 30_000]
        #expect(try run.difference(Way(description: "whole", chunkBytes: 200)) == nil)
        // What a restart takes up has forgotten them too.
        let way = Way(description: "restarted", epochBytes: 500, restartAfter: [200])
        #expect(try run.difference(way) == nil)
    }

    @Test func `a table that gets a column keeps its rows, one of other columns has none`() throws {
        let fileSystem = SimulatedFileSystem()
        func view(_ columns: String, _ count: Int) throws -> TableView? {
            let plan = try PipelineRun.plan(
                """
                CREATE TABLE t (k STRING PRIMARY KEY, v INT)
                  WITH (kafka_topic = 'T', value_format = 'JSON');
                CREATE TABLE f AS SELECT \(columns) FROM t;
                """)
            let messages = ["a", "b", "a"].enumerated().map { number, key in
                MemoryRecord(
                    key: Array(key.utf8), value: Array("{\"V\": \(number)}".utf8), timestamp: 7)
            }
            var configuration = TaskConfiguration(stateDirectory: "/state")
            configuration.views = ["F"]
            let task = PipelineTask(
                plan: plan, configuration: configuration, environment: .simulated(fileSystem),
                sources: ["T": MemorySource(name: "topic", messages: Array(messages[..<count]))],
                sinks: [:])
            try task.run(once: true)
            return task.view(of: "F")
        }
        _ = try #require(try view("k, v", 2))
        let wider = try #require(try view("k, v, v + 10 AS w", 3))
        func row(_ key: String, _ v: Int32, _ w: Value) -> ViewRun.Row {
            ViewRun.Row(row: [.string(key), .integer(v), w], eventTime: 7)
        }
        #expect(
            try ViewRun.difference(wider, [row("a", 2, .integer(12)), row("b", 1, .null)]) == nil)
        #expect(try view("k, v, CAST(v AS STRING) AS w", 3) == nil)
    }

    @Test func `without being asked for there is none`() throws {
        let plan = try PipelineRun.plan(Self.statements(perRecord: false))
        let task = PipelineTask(
            plan: plan, configuration: TaskConfiguration(stateDirectory: "/state"),
            environment: .simulated(SimulatedFileSystem()), sources: [:], sinks: [:])
        try task.run(once: true)
        #expect(task.view(of: "COUNTS") == nil)
    }
}
