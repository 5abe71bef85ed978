import Diagnostics
import Language
import Planning
import Testing

@testable import Runtime

@Suite("Judging epochs") struct RuleBookTests {
    /// Rules over a small stream.
    static func quality(_ rules: String) throws -> QualityPlan {
        var planner = PipelinePlanner()
        var reader = ScriptReader(
            """
            CREATE STREAM raw (id INT, price INT)
              WITH (kafka_topic = 'raw', value_format = 'JSON');
            CREATE STREAM good AS SELECT id, price FROM raw;
            """)
        while let statement = try reader.next() { try planner.add(statement) }
        var plan = planner.plan
        var variables = Variables()
        try RuleFileReader.add(
            "{\"results\": \"r\", \"rules\": [\(rules)]}", file: "rules", variables: &variables, to: &plan)
        return try #require(plan.quality)
    }

    private func tally(checked: Int64, failing: Int64 = 0) -> RuleTally {
        var tally = RuleTally()
        tally.checked = checked
        tally.failing = failing
        return tally
    }

    @Test("shares and numbers of rows decide between PASS, WARN and FAIL")
    func limits() throws {
        var book = RuleBook(
            try Self.quality(
                #"{"name": "a", "on": "good", "check": "not_null", "column": "id", "#
                    + #""warn_above": 1, "fail_above": "10%"}"#
            ))
        func judge(_ epoch: Int64, _ checked: Int64, _ failing: Int64) -> RuleResult? {
            book.judge(
                epoch: epoch, clock: epoch * 1000, tallies: [tally(checked: checked, failing: failing)],
                reached: [nil]
            ).first
        }
        #expect(judge(1, 100, 0)?.status == .pass)
        #expect(judge(2, 0, 0) == nil, "an epoch without rows says nothing")
        #expect(judge(3, 100, 1)?.status == .pass)
        #expect(judge(4, 100, 2)?.status == .warn)
        #expect(judge(5, 100, 10)?.status == .warn)
        let failed = judge(6, 100, 11)
        #expect(failed?.status == .fail)
        #expect(failed?.former == .warn)
        #expect(failed?.value == 0.11)
        #expect(book.states[0].sinceEpoch == 6)
    }

    @Test("epochs with few rows are judged together")
    func fewRows() throws {
        var book = RuleBook(
            try Self.quality(
                #"{"name": "a", "on": "good", "check": "not_null", "column": "id", "#
                    + #""fail_above": 0.5, "at_least_rows": 10}"#
            ))
        func judge(_ tally: RuleTally) -> RuleResult? {
            book.judge(epoch: 1, clock: 1, tallies: [tally], reached: [nil]).first
        }
        #expect(judge(tally(checked: 4, failing: 4)) == nil)
        let result = judge(tally(checked: 8, failing: 1))
        #expect(result?.checked == 12)
        #expect(result?.status == .pass)
        #expect(judge(tally(checked: 10, failing: 6))?.status == .fail, "what was judged is not judged again")
    }

    @Test("a rule of age tells when the clock alone will change it, and says so once")
    func freshness() throws {
        var book = RuleBook(
            try Self.quality(
                #"{"name": "a", "on": "good", "check": "freshness", "warn_age": "10s", "max_age": "1m"}"#))
        func judge(_ clock: Int64, rows: Int64 = 0) -> RuleResult? {
            book.judge(epoch: 1, clock: clock, tallies: [tally(checked: rows)], reached: [nil]).first
        }
        #expect(judge(1_000, rows: 5)?.status == .pass)
        #expect(book.nextDeadline == 11_001)
        #expect(judge(11_001)?.status == .warn)
        #expect(judge(12_000) == nil, "nothing new")
        #expect(book.nextDeadline == 61_001)
        let failed = judge(61_001)
        #expect(failed?.status == .fail)
        #expect(failed?.value == 60.001)
        #expect(book.nextDeadline == nil)
        #expect(judge(70_000, rows: 1)?.status == .pass)
    }

    @Test("by event time the newest event counts, and none is newer than the clock")
    func eventTime() throws {
        var book = RuleBook(
            try Self.quality(
                #"{"name": "a", "on": "good", "check": "freshness", "by": "event_time", "max_age": "1m"}"#))
        var old = tally(checked: 1)
        old.newest = 1_000
        #expect(book.judge(epoch: 1, clock: 100_000, tallies: [old], reached: [nil]).first?.status == .fail)
        var fresh = tally(checked: 1)
        fresh.newest = 99_000
        #expect(book.judge(epoch: 2, clock: 101_000, tallies: [fresh], reached: [nil]).first?.status == .pass)
    }

    @Test("what a rule remembers comes back, unless the rule is another one")
    func checkpoint() throws {
        let rules = #"{"name": "a", "on": "good", "check": "not_null", "column": "id"}, "#
        let freshness = #"{"name": "b", "on": "good", "check": "freshness", "max_age": "#
        var book = RuleBook(try Self.quality(rules + freshness + "5}"))
        _ = book.judge(
            epoch: 7, clock: 70, tallies: [tally(checked: 3, failing: 3), tally(checked: 3)],
            reached: [nil, nil])
        var same = RuleBook(try Self.quality(rules + freshness + "5}"))
        let isSame = same.restore(book.bytes)
        #expect(isSame)
        #expect(same == book)
        var other = RuleBook(try Self.quality(rules + freshness + "6}"))
        let isRead = other.restore(book.bytes)
        #expect(isRead)
        #expect(other.states[0] == book.states[0])
        #expect(other.states[1] == RuleState())
        let isGarbageRead = other.restore([1, 2, 3])
        #expect(!isGarbageRead)
    }
}
