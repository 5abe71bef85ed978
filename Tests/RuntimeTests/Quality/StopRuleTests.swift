import Diagnostics
import Planning
import Storage
import Testing

@testable import Runtime

@Suite("Sinks that a rule stops") struct StopRuleTests {
    private static func rule(_ more: String = "") -> String {
        #"{"name": "prices", "on": "good", "check": "range", "column": "price", "max": 100, "#
            + #""on_fail": ["stop"]\#(more)}"#
    }

    private func lines(_ range: Range<Int>, price: Int = 10) -> [String] {
        range.map { RulesRun.line($0, ["a", "b"][$0 % 2], price + $0 % 60, at: $0 * 100) }
    }

    /// The same input without a rule that stops.
    private func expected(_ parts: [[String]]) throws -> RulesRun {
        let run = try RulesRun("")
        for part in parts { try run.take(part) }
        return run
    }

    @Test("they keep their last good state, others go on; resumed, they get all that was withheld, once")
    func stopAndResume() throws {
        let parts = [lines(0..<10), lines(10..<20, price: 95), lines(20..<30), lines(30..<40)]
        let run = try RulesRun(Self.rule(#", "sinks": ["good_lake", "sums_lake"]"#))
        try run.take(parts[0])
        let good = run.rows("GOOD_LAKE")
        let sums = run.latest("SUMS_LAKE")
        try run.take(parts[1])
        try run.take(parts[2])
        #expect(run.rows("GOOD_LAKE") == good)
        #expect(run.latest("SUMS_LAKE") == sums)
        #expect(run.rows("CHEAP_LAKE") == (try expected(Array(parts[..<3]))).rows("CHEAP_LAKE"))
        #expect(run.status.stoppedSinks.map(\.name) == ["GOOD_LAKE", "SUMS_LAKE"])
        #expect(run.status.stoppedSinks.first?.withheldRows == 20)
        #expect(
            run.results().contains("prices FAIL 10 10 stop good_lake, stop sums_lake"), "\(run.results())")

        // Without new input, too: one of them first.
        try run.take([], resuming: ["good_lake"])
        #expect(run.rows("GOOD_LAKE") == (try expected(Array(parts[..<3]))).rows("GOOD_LAKE"))
        #expect(run.latest("SUMS_LAKE") == sums)
        #expect(run.status.stoppedSinks.map(\.name) == ["SUMS_LAKE"])
        try run.take(parts[3], resuming: ["all"])
        #expect(run.status.stoppedSinks.isEmpty)
        let whole = try expected(parts)
        #expect(run.rows("GOOD_LAKE") == whole.rows("GOOD_LAKE"))
        #expect(run.latest("SUMS_LAKE") == whole.latest("SUMS_LAKE"))
        let left = try run.disk.list("/state/withheld/good_lake").map(\.name)
        #expect(left == [])
    }

    @Test("a sink that is resumed into a failing epoch is stopped again, and nothing is lost")
    func stoppedAgain() throws {
        let parts = [lines(0..<10, price: 95), lines(10..<20, price: 95), lines(20..<30)]
        let run = try RulesRun(Self.rule())
        try run.take(parts[0])
        try run.take(parts[1], resuming: ["all"])
        #expect(run.rows("GOOD_LAKE") == [])
        #expect(run.status.stoppedSinks.map(\.epoch) == [2, 2, 2])
        try run.take(parts[2])
        #expect(run.rows("GOOD_LAKE") == [], "the request to resume is not repeated")
        try run.take([], resuming: ["all"])
        #expect(run.rows("GOOD_LAKE") == (try expected(parts)).rows("GOOD_LAKE"))
        #expect(run.latest("SUMS_LAKE") == (try expected(parts)).latest("SUMS_LAKE"))
    }

    @Test("a stop outlives the rule that made it; the sink that is gone is asked for")
    func rulesTakenAway() throws {
        let stopped = try RulesRun(Self.rule())
        try stopped.take(lines(0..<10, price: 95))
        let other = try RulesRun("", disk: stopped.disk)
        try other.take(lines(0..<10, price: 95) + lines(10..<20))
        #expect(other.rows("GOOD_LAKE") == [])
        #expect(other.status.stoppedSinks.count == 3)
        try other.take([], resuming: ["all"])
        #expect(other.rows("GOOD_LAKE").count == 20)
    }

    @Test("a sink that is not stopped is not resumed")
    func notStopped() throws {
        let run = try RulesRun(Self.rule())
        #expect(throws: Diagnostic.self) { try run.take(self.lines(0..<3), resuming: ["good_lake"]) }
        try run.take([], resuming: ["all"])
    }

    @Test("withheld rows come back as they were, and damage is noticed")
    func file() throws {
        let disk = SimulatedFileSystem()
        let run = try RulesRun(Self.rule(), disk: disk)
        try run.take(lines(0..<10, price: 95))
        let directory = "/state/withheld/good_lake"
        let relation = try #require(run.plan.catalogue.relation("GOOD"))
        let withheld = WithheldRows(fileSystem: disk, directory: directory)
        #expect(try withheld.epochs() == [1])
        #expect(try withheld.rowCount(relation, upTo: 5) == 10)
        let path = directory + "/00000000000000000001.rows"
        var bytes = try disk.read(path)
        bytes[bytes.count / 2] ^= 1
        try bytes.withUnsafeBytes { try disk.writeAtomically($0, to: path) }
        #expect(throws: StorageError.self) { try withheld.read(1, relation) }
        #expect(throws: Diagnostic.self) { try run.take([], resuming: ["all"]) }
    }
}
