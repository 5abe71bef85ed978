import Foundation
import Planning
import Storage
import TestKit
import Testing

@testable import Connectors
@testable import Runtime

@Suite("Rules beside a pipeline") struct RulesRunTests {
    private static let rules = """
        {"name": "kinds", "on": "good", "check": "not_null", "column": "k", "fail_above": "50%"},
        {"name": "prices", "on": "good", "check": "range", "column": "price", "min": 0, "max": 100,
         "on_fail": ["quarantine"]},
        {"name": "set", "on": "good", "check": "set", "column": "k", "values": ["a", "b"],
         "where": "price > 10", "warn_above": 0},
        {"name": "once", "on": "good", "check": "unique", "column": "id", "within": "1 minute",
         "on_fail": ["alert", "quarantine"]},
        {"name": "totals", "on": "sums", "check": "condition", "condition": "total >= 0 AND n < 1000"}
        """

    private struct Event {
        let id: Int
        let kind: String?
        let price: Int?
        let time: Int

        var line: String { RulesRun.line(id, kind, price, at: time) }
    }

    /// Events whose times only go forward, so that none is late.
    private static func events(_ seed: UInt64, count: Int = 120) -> [Event] {
        var random = SeededGenerator(seed: seed)
        var time = 1_699_999_000_000
        return (0..<count).map { number in
            time += Int.random(in: 0...2_000, using: &random)
            return Event(
                id: Int.random(in: 0..<5, using: &random) == 0
                    ? Int.random(in: 0...number, using: &random) : number,
                kind: ["a", "b", "c", nil].randomElement(using: &random) ?? nil,
                price: Int.random(in: 0..<8, using: &random) == 0
                    ? nil : Int.random(in: -10...120, using: &random),
                time: time)
        }
    }

    @Test(
        "rows that fail are counted as a plain model counts them, and kept aside",
        arguments: 1...UInt64(Effort.isFull ? 100 : 8))
    func model(_ seed: UInt64) throws {
        let events = Self.events(seed)
        let run = try RulesRun(Self.rules)
        try run.take(events.map(\.line))
        let good = events.filter { $0.price != nil }
        let inRange = good.filter { (0...100).contains($0.price ?? 0) }
        var seen: [Int: Int] = [:]
        var repeats = 0
        var passed: [Event] = []
        for event in inRange {
            // A key is forgotten a minute after the row that was remembered for it.
            if let forgotten = seen[event.id], forgotten > event.time {
                repeats += 1
            } else {
                seen[event.id] = event.time + 60_000
                passed.append(event)
            }
        }
        let looked = good.filter { ($0.price ?? 0) > 10 }
        let others = looked.count { $0.kind != nil && !["a", "b"].contains($0.kind) }
        let nulls = good.count { $0.kind == nil }
        let sums = Set(passed.compactMap(\.kind)).count
        func status(_ isBad: Bool, _ bad: String = "FAIL") -> String { isBad ? bad : "PASS" }
        let aside = good.count - inRange.count
        let found = run.results()
        #expect(
            found == [
                "kinds \(status(nulls * 2 > good.count)) \(good.count) \(nulls) -",
                "prices \(status(aside > 0)) \(good.count) \(aside) \(aside > 0 ? "quarantine" : "-")",
                "set \(status(others > 0, "WARN")) \(looked.count) \(others) \(others > 0 ? "alert" : "-")",
                "once \(status(repeats > 0)) \(inRange.count) \(repeats) "
                    + (repeats > 0 ? "alert, quarantine" : "-"),
                "totals PASS \(sums) 0 -",
            ], "seed \(seed)")
        func text(_ event: Event) -> String {
            "\(event.id) \(event.kind ?? "-") \(event.price.map(String.init) ?? "-")"
        }
        #expect(run.rows("GOOD_LAKE") == passed.map(text), "seed \(seed)")
        #expect(run.rows("quality_quarantine").count == aside + repeats, "seed \(seed)")
        #expect(run.status.quarantinedRows == Int64(aside + repeats))
    }

    @Test(
        "chunks, threads and restarts change neither results nor rows",
        arguments: 1...UInt64(Effort.isFull ? 40 : 4))
    func ways(_ seed: UInt64) throws {
        let lines = Self.events(seed).map(\.line)
        let whole = try RulesRun(Self.rules)
        try whole.take(lines)
        for way in [Way.oneRowChunks, .threeThreads] {
            let other = try RulesRun(Self.rules)
            other.way = way
            try other.take(lines)
            #expect(other.results() == whole.results(), "\(way), seed \(seed)")
            #expect(other.rows("quality_results") == whole.rows("quality_results"), "examples too")
            // A set: what is kept aside in one phase of a round stands before what is in the next.
            #expect(
                other.rows("quality_quarantine").sorted() == whole.rows("quality_quarantine").sorted(),
                "\(way), seed \(seed)")
            #expect(other.rows("GOOD_LAKE") == whole.rows("GOOD_LAKE"), "\(way), seed \(seed)")
        }
        let pieces = try RulesRun(Self.rules)
        var start = 0
        while start < lines.count {
            try pieces.take(Array(lines[start..<min(start + 17, lines.count)]))
            start += 17
        }
        #expect(pieces.rows("GOOD_LAKE") == whole.rows("GOOD_LAKE"), "seed \(seed)")
        #expect(pieces.latest("SUMS_LAKE") == whole.latest("SUMS_LAKE"), "seed \(seed)")
        #expect(
            pieces.rows("quality_quarantine").count == whole.rows("quality_quarantine").count, "seed \(seed)")
    }

    @Test(
        "a query that removes the same repeats counts them for a rule as the rule itself would",
        arguments: 1...UInt64(Effort.isFull ? 40 : 4))
    func repeatsOfAQuery(_ seed: UInt64) throws {
        func rule(_ name: String, _ condition: String) -> String {
            #"{"name": "\#(name)", "on": "good", "check": "unique", "columns": ["price", "k"], "#
                + #""within": "1 minute", "where": "\#(condition)"}"#
        }
        let run = try RulesRun(
            rule("same", "price < 80") + "," + rule("its own", "price < 80 AND id >= 0"),
            more: """
                CREATE STREAM once AS SELECT id, price FROM good WHERE price < 80
                  DEDUPLICATE BY k, price WITHIN 1 MINUTE;
                """)
        let lines = Self.events(seed).map(\.line)
        try run.take(Array(lines.prefix(lines.count / 2)))
        try run.take(Array(lines.dropFirst(lines.count / 2)))
        let rows = run.rows("quality_results")
        let columns = QualityRelations.results.columns.map(\.name)
        let shown = try ["EPOCH", "STATUS", "CHECKED_ROWS", "FAILING_ROWS", "EXAMPLE"].map {
            try #require(columns.firstIndex(of: $0))
        }
        let rule = try #require(columns.firstIndex(of: "RULE"))
        func found(_ name: String) -> [String] {
            (run.sinks["quality_results"]?.records ?? []).filter { $0.values[rule] == .string(name) }
                .map { record in RulesRun.text(shown.map { record.values[$0] }) }
        }
        #expect(found("same") == found("its own"), "seed \(seed): \(rows)")
        #expect(found("same").contains { $0.contains("FAIL") }, "there are repeats")
        // Only the other one remembers keys.
        let task = run.task()
        try task.run(once: true)
        let checks = (task.flow?.rules ?? []).flatMap(\.rules).compactMap(\.uniqueness)
        #expect(checks.map(\.query) == ["ONCE", nil] && checks.map { $0.finder == nil } == [true, false])
    }

    @Test("a row that is kept aside is there as it was, with its place and what it is withheld from")
    func quarantine() throws {
        let run = try RulesRun(Self.rules)
        try run.take([RulesRun.line(1, "a", 5, at: 1_000), RulesRun.line(2, "b", 500, at: 2_000)])
        let row = try #require(run.sinks["quality_quarantine"]?.records.first)
        #expect(RulesRun.text([row.values[8]]) == #"{"id":2,"k":"b","price":500}"#)
        #expect(RulesRun.text([row.values[9]]) == "good_lake, cheap_lake, sums_lake")
        #expect(RulesRun.text([row.values[6]]) == "\(RulesRun.line(1, "a", 5, at: 1_000).utf8.count + 1)")
    }

    @Test("an alert is told when a status changes, not each epoch, and once in the file")
    func alerts() throws {
        let run = try RulesRun(
            #"{"name": "prices", "on": "good", "check": "range", "column": "price", "max": 9}"#)
        for price in [1, 50, 60, 2] { try run.take([RulesRun.line(price, "a", price, at: price)]) }
        let text = String(decoding: try run.disk.read("/alerts.jsonl"), as: UTF8.self)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2, "\(text)")
        #expect(lines.first?.contains(#""status":"FAIL","former":"PASS""#) == true)
        #expect(lines.last?.contains(#""status":"PASS","former":"FAIL""#) == true)
        // An epoch that is run again after a crash writes the same line.
        let file = AlertFile(fileSystem: run.disk, path: "/alerts.jsonl", instance: "i")
        let alert = RuleAlert(
            rule: "r", relation: "R", kind: .range, status: .fail, former: nil, finding: "f",
            expectation: "e",
            example: nil, action: nil, epoch: 1, clock: 1)
        for _ in 0..<3 { try file.append([alert]) }
        let after = String(decoding: try run.disk.read("/alerts.jsonl"), as: UTF8.self)
        #expect(after.split(separator: "\n").count == 3)
    }

    @Test("when nothing comes any more, a rule of age says so by itself, once")
    func stall() throws {
        let run = try RulesRun(
            #"{"name": "fresh", "on": "good", "check": "freshness", "warn_age": "10s", "max_age": "1m"}"#)
        run.hasTrigger = true
        let clock = run.clock
        let source = MemorySource(name: "input.jsonl", lines: [RulesRun.line(1, "a", 1, at: 1)])
        let task = run.task(source: source)
        let watcher = Thread {
            func wait(_ status: RuleStatus) {
                let end = Date(timeIntervalSinceNow: 60)
                while task.status.rules.first?.status != status, Date() < end { usleep(500) }
            }
            wait(.pass)
            clock.pass(11_000)
            source.wake()
            wait(.warn)
            clock.pass(60_000)
            source.wake()
            wait(.fail)
            source.append(lines: [RulesRun.line(2, "a", 1, at: 2)])
            wait(.pass)
            task.stop()
        }
        watcher.start()
        try task.run(once: false)
        #expect(
            run.results() == [
                "fresh PASS 1 0 -", "fresh WARN 0 0 alert", "fresh FAIL 0 0 alert", "fresh PASS 1 0 alert",
            ])
        #expect(task.status.alerts.map(\.status) == [.warn, .fail, .pass])
    }
}
