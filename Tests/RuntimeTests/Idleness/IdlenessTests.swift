import Diagnostics
import Foundation
import Testing

@testable import Runtime

/// Sources that have nothing to give: their event time goes on with the clock.
@Suite struct IdlenessTests {
    private static let clicks = """
        CREATE STREAM clicks (k STRING, ts BIGINT) WITH (kafka_topic = 'clicks', value_format = 'JSON',
          timestamp = 'ts', idle_timeout = '10 seconds');
        CREATE TABLE closed AS SELECT k, COUNT(*) AS n FROM clicks
          WINDOW TUMBLING (SIZE 30 SECONDS) GROUP BY k EMIT FINAL;
        CREATE TABLE visits AS SELECT k, COUNT(*) AS n FROM clicks
          WINDOW SESSION (20 SECONDS) GROUP BY k EMIT FINAL;
        """

    private static func click(
        _ key: String, at arrival: Int64, ts: Int64, partition: Int = 0
    ) -> IdleRun.Event {
        IdleRun.Event(
            relation: "CLICKS", arrival: arrival, json: #"{"k":"\#(key)","ts":\#(ts)}"#, partition: partition)
    }

    private static let events = [
        click("a", at: 0, ts: 1_000), click("b", at: 0, ts: 2_000), click("a", at: 5_000, ts: 6_000),
        // The window of the first is closed by then.
        click("a", at: 100_000, ts: 2_500), click("b", at: 100_000, ts: 104_000),
    ]

    /// Whole, in one-row chunks, with a restart after each arrival, and with three threads.
    private static func ways(_ events: [IdleRun.Event]) -> [(way: Way, stops: [Int64])] {
        let stops = Set(events.map { $0.arrival + 300 }).sorted()
        return [
            (.whole, []), (.oneRowChunks, []),
            (Way(description: "restarts", epochBytes: 1), stops), (.threeThreads, []),
        ]
    }

    @Test func windowsCloseWhenNothingComes() throws {
        for (way, stops) in Self.ways(Self.events) {
            let run = IdleRun(statements: Self.clicks, events: Self.events, end: 200_000)
            let outcome = try run.run(way, stops: stops)
            #expect(
                outcome.rows["CLOSED"]?.sorted() == [
                    #"{"WINDOWSTART":0,"WINDOWEND":30000,"K":"a","N":2}"#,
                    #"{"WINDOWSTART":0,"WINDOWEND":30000,"K":"b","N":1}"#,
                    #"{"WINDOWSTART":90000,"WINDOWEND":120000,"K":"b","N":1}"#,
                ], "\(way)")
            #expect(
                outcome.rows["VISITS"]?.sorted() == [
                    #"{"WINDOWSTART":1000,"WINDOWEND":6000,"K":"a","N":2}"#,
                    #"{"WINDOWSTART":104000,"WINDOWEND":104000,"K":"b","N":1}"#,
                    #"{"WINDOWSTART":2000,"WINDOWEND":2000,"K":"b","N":1}"#,
                ], "\(way)")
            #expect(outcome.status.relations.first { $0.name == "CLOSED" }?.late == 1, "\(way)")
        }
    }

    @Test func windowsStayOpenUntilTheirTimeHasCome() throws {
        for (end, count) in [(14_000, 0), (28_000, 0), (32_000, 2)] as [(Int64, Int)] {
            let run = IdleRun(statements: Self.clicks, events: Array(Self.events[..<3]), end: end)
            let rows = try run.run(.whole).rows
            #expect(rows["CLOSED"]?.count == count, "\(end): \(rows)")
        }
    }

    @Test func withoutATimeOutTheyWaitForRecords() throws {
        let statements = Self.clicks.replacingOccurrences(of: ", idle_timeout = '10 seconds'", with: "")
        let run = IdleRun(statements: statements, events: Array(Self.events[..<3]), end: 500_000)
        #expect(try run.run(.whole).rows["CLOSED"] == [])
    }

    /// Nobody writes logs and checkpoints for time that closes nothing.
    @Test func idleTimeAloneMakesNoEpochs() throws {
        let run = IdleRun(statements: Self.clicks, events: Array(Self.events[..<3]), end: 2_000_000)
        #expect(try run.run(.whole).status.committedEpochs < 10)
    }

    /// An epoch that closed windows by idleness is run again as it was, though the clock has gone on.
    @Test(arguments: FailingSink.Moment.allCases)
    func aCrashInSuchAnEpochChangesNothing(_ moment: FailingSink.Moment) throws {
        for way in [Way.whole, .threeThreads] {
            var run = IdleRun(statements: Self.clicks, events: Self.events, end: 200_000)
            let expected = try run.run(way)
            run.failing = moment
            run.failsAfter = 15_000
            let outcome = try run.run(way)
            #expect(outcome.hasFailed)
            for name in ["CLOSED", "VISITS"] { #expect(outcome.rows[name] == expected.rows[name], "\(way)") }
        }
    }

    @Test func anIdlePartitionHoldsUpNoOther() throws {
        let events = [
            Self.click("a", at: 0, ts: 1_000), Self.click("b", at: 0, ts: 2_000, partition: 1),
            Self.click("a", at: 8_000, ts: 50_000_000), Self.click("a", at: 16_000, ts: 50_040_000),
            Self.click("a", at: 24_000, ts: 50_041_000),
        ]
        for (way, stops) in Self.ways(events).filter({ $0.stops.isEmpty }) {
            let run = IdleRun(statements: Self.clicks, events: events, end: 26_000)
            let outcome = try run.run(way, stops: stops)
            #expect(
                outcome.rows["CLOSED"]?.sorted() == [
                    #"{"WINDOWSTART":0,"WINDOWEND":30000,"K":"a","N":1}"#,
                    #"{"WINDOWSTART":0,"WINDOWEND":30000,"K":"b","N":1}"#,
                    #"{"WINDOWSTART":49980000,"WINDOWEND":50010000,"K":"a","N":1}"#,
                ], "\(way)")
        }
    }

    // MARK: Where sources meet

    private static let orders = """
        CREATE STREAM orders (id STRING, ts BIGINT) WITH (kafka_topic = 'orders', value_format = 'JSON',
          timestamp = 'ts');
        CREATE STREAM payments (id STRING, ts BIGINT) WITH (kafka_topic = 'payments', value_format = 'JSON',
          timestamp = 'ts', idle_timeout = '10 seconds');
        CREATE STREAM unpaid AS SELECT o.id AS id, p.ts AS paid FROM orders o LEFT JOIN payments p
          WITHIN 10 SECONDS GRACE PERIOD 0 SECONDS ON o.id = p.id;
        CREATE STREAM everything (id STRING, ts BIGINT) WITH (kafka_topic = 'everything',
          value_format = 'JSON', timestamp = 'ts', idle_timeout = '10 seconds');
        INSERT INTO everything SELECT id, ts FROM orders;
        INSERT INTO everything SELECT id, ts FROM payments;
        CREATE TABLE counted AS SELECT SUBSTRING(id, 1, 1) AS g, COUNT(*) AS n FROM everything
          WINDOW TUMBLING (SIZE 20 SECONDS) GROUP BY SUBSTRING(id, 1, 1) EMIT FINAL;
        """

    private static func orders(from base: Int64) -> [IdleRun.Event] {
        func event(_ relation: String, _ id: String, _ arrival: Int64, _ ts: Int64) -> IdleRun.Event {
            IdleRun.Event(relation: relation, arrival: arrival, json: #"{"id":"\#(id)","ts":\#(ts)}"#)
        }
        return (1...12).map { event("ORDERS", "o\($0)", $0 * 5_000, base + $0 * 5_000) }
            + [event("PAYMENTS", "o1", 6_000, 6_000)]
    }

    /// The payments' time goes on with the clock, so that all orders are told unpaid in the end.
    @Test func aJoinWaitsForNoIdleSide() throws {
        let events = Self.orders(from: 0)
        for (way, stops) in Self.ways(events) {
            let run = IdleRun(statements: Self.orders, events: events, end: 150_000)
            let rows = try run.run(way, stops: stops).rows["UNPAID"] ?? []
            #expect(
                rows == [#"{"ID":"o1","PAID":6000}"#] + (2...12).map { #"{"ID":"o\#($0)","PAID":null}"# },
                "\(way)")
        }
    }

    /// Payments of long ago: they are taken to have come as far as the orders.
    @Test func anIdleSideComesAsFarAsTheOther() throws {
        let events = Self.orders(from: 86_400_000)
        for (way, stops) in Self.ways(events) {
            let run = IdleRun(statements: Self.orders, events: events, end: 150_000)
            let rows = try run.run(way, stops: stops).rows["UNPAID"] ?? []
            #expect(rows == (1...9).map { #"{"ID":"o\#($0)","PAID":null}"# }, "\(way)")
        }
    }

    @Test func aMergedStreamWaitsForNoIdleWay() throws {
        let events = Self.orders(from: 0)
        for (way, stops) in Self.ways(events) {
            let run = IdleRun(statements: Self.orders, events: events, end: 100_000)
            let rows = try run.run(way, stops: stops).rows["COUNTED"] ?? []
            // The orders have no time-out: they have come to 60 s.
            #expect(
                rows
                    == (0..<3).map { index in
                        #"{"WINDOWSTART":\#(index * 20_000),"WINDOWEND":\#(index * 20_000 + 20_000),"#
                            + #""G":"o","N":4}"#
                    }, "\(way)")
        }
    }

    @Test func recordByRecordWindowsCloseToo() throws {
        let run = IdleRun(
            statements: "SET 'emit.per.record' = 'true';\n" + Self.clicks, events: Self.events, end: 200_000)
        let outcome = try run.run(.whole)
        #expect(outcome.rows["CLOSED"]?.count == 3)
        #expect(outcome.rows["VISITS"]?.count == 3)
    }

    // MARK: Parts

    @Test func theTimeOfRecordsStaysKnown() {
        var progress = SourceProgress(delay: 100, maxima: [1_000, 5_000], watermark: 900, nextSequence: 7)
        progress.pass([.init(number: 0, passed: 500)])
        #expect(progress.maxima == [5_000, 5_000])
        #expect(progress.watermark == 4_900)
        progress.pass([.init(number: 0, passed: 300), .init(number: 1, passed: 200)])
        #expect(progress.maxima == [5_300, 5_300])
        #expect(progress.newest == [1_000, 5_000])
        #expect(progress.watermark == 5_200)
    }

    @Test func silenceBeginsWhenTheSourceIsAsked() {
        let progress = SourceProgress(delay: 0, maxima: [1_000], watermark: 1_000, nextSequence: 1)
        var silence = Silence(timeout: 10)
        #expect(silence.idleTime(of: 0, progress, clock: 1_000_000) == nil)
        silence.note(progress, clock: 100)
        #expect(silence.idleTime(of: 0, progress, clock: 109) == nil)
        #expect(silence.remaining(104) == 6)
        let idle = silence.idleTime(of: 0, progress, clock: 115)
        #expect(idle == IdleTime(source: 0, isWhole: true, partitions: [.init(number: 0, passed: 15)]))
        if let idle { silence.count(idle, clock: 115) }
        #expect(silence.idleTime(of: 0, progress, clock: 116)?.partitions == [.init(number: 0, passed: 1)])
        // Records that wait are no silence.
        silence.interrupt()
        #expect(silence.idleTime(of: 0, progress, clock: 500) == nil)
    }

    @Test func aTimeOutOfNothingIsRefused() throws {
        #expect(throws: Diagnostic.self) {
            _ = try PipelineRun.plan(
                Self.clicks.replacingOccurrences(
                    of: "'10 seconds'", with: "'0 seconds'"))
        }
        let plan = try PipelineRun.plan(
            "SET 'idle.timeout' = '5 s';"
                + "CREATE STREAM s (k STRING) WITH (kafka_topic = 's', value_format = 'JSON');")
        #expect(plan.catalogue.relation("S")?.source?.idleTimeout == 5_000)
    }
}
