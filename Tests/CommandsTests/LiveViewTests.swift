import Diagnostics
import TestKit
import Testing

@testable import Commands
@testable import Runtime

@Suite("Live view")
struct LiveViewTests {
    static let now: Int64 = 1_795_176_602_000

    static func frame(_ phase: PipelineStatus.Phase = .running) -> LiveFrame {
        var status = PipelineStatus()
        status.phase = phase
        status.epoch = 42
        status.committedEpochs = 41
        status.lastEpochMilliseconds = 412.4
        status.lastCommitMilliseconds = 38
        status.stateBytes = 12_400_000
        status.sources = [
            PipelineStatus.SourceCount(
                name: "raw_events", records: 1_234_567, bytes: 385_000_000, deadLetters: 120, lagBytes: 0,
                watermark: now - 602_000)
        ]
        status.relations = [
            PipelineStatus.RelationCount(
                name: "bronze_events", isTable: false, rows: 1_234_567, late: 0, duplicates: 0,
                sinks: ["bronze_lake"]),
            PipelineStatus.RelationCount(
                name: "silver_events", isTable: false, rows: 1_233_210, late: 33, duplicates: 1204,
                sinks: ["silver_lake"]),
            PipelineStatus.RelationCount(
                name: "revenue", isTable: true, rows: 5120, late: 0, duplicates: 0,
                sinks: ["revenue_lake", "topic"]),
        ]
        return LiveFrame(
            status: status, title: "medallion", recordsPerSecond: 12_345,
            rowsPerSecond: ["bronze_events": 12_345],
            elapsed: 72_400, now: now)
    }

    @Test("rules are counted, and those that are broken named with the sinks that they have stopped")
    func quality() {
        var frame = Self.frame()
        let since = Self.now - 130_000
        frame.status.rules = [
            RuleReport(
                name: "ids", relation: "SILVER_EVENTS", kind: .notNull, status: .pass, finding: "",
                expectation: "", since: since),
            RuleReport(
                name: "prices", relation: "SILVER_EVENTS", kind: .range, status: .fail,
                finding: "3 of 4000 rows fail", expectation: "", since: since),
            RuleReport(
                name: "bots", relation: "SILVER_EVENTS", kind: .condition, status: .warn,
                finding: "20 of 4000 rows fail", expectation: "", since: since),
            RuleReport(
                name: "volume", relation: "SILVER_EVENTS", kind: .volume, status: nil, finding: "",
                expectation: "", since: since),
        ]
        frame.status.quarantinedRows = 1234
        frame.status.stoppedSinks = ["SILVER_LAKE", "REVENUE_LAKE"].map {
            StoppedSink(name: $0, rule: "prices", epoch: 3, since: Self.now - 130_000, withheldRows: 600)
        }
        #expect(
            text(frame).contains(
                """
                  quality       1 PASS  1 WARN  1 FAIL  1 not judged yet  quarantined  1,234
                    FAIL  prices on silver_events for 2m 10s: 3 of 4000 rows fail
                    WARN  bots on silver_events for 2m 10s: 20 of 4000 rows fail
                    stopped  silver_lake and 1 more for 2m 10s by prices: 1,200 rows withheld
                    next: start again with --resume-sink NAME, or all
                """), "\(text(frame))")
        #expect(
            LiveView.plainLine(frame).contains(
                "quality 1 PASS 1 WARN 1 FAIL, quarantined 1,234, "
                    + "silver_lake stopped with 600 rows withheld"))
    }

    private func text(
        _ frame: LiveFrame, columns: Int = 80, rows: Int = 24, hasColours: Bool = false
    ) -> String {
        LiveView.lines(frame, size: TerminalSize(columns: columns, rows: rows), hasColours: hasColours)
            .joined(separator: "\n")
    }

    @Test("a running pipeline at 80 columns")
    func running() {
        #expect(
            text(Self.frame()) == """
                millrace  medallion                                             running  1m 12s

                  events        1,234,567  12,345/s         lag  0 B
                  watermark     2026-11-20 12:00:00Z, 10m 02s behind the clock
                  epoch         42, last took 412 ms, of which commit 38 ms; state 12.4 MB
                  dead letters  120         late  33        duplicates  1,204

                  stream              rows       now  late  duplicates  written to
                  bronze_events  1,234,567  12,345/s     0           0  bronze_lake
                  silver_events  1,233,210       0/s    33       1,204  silver_lake
                  table            changes       now  late  duplicates  written to
                  revenue            5,120       0/s     0           0  revenue_lake, topic
                """)
    }

    @Test("a target that is away is said in words, with what to do")
    func retrying() {
        let reason = Diagnostic(.outOfSpace, "no space left on /data", hint: "free space there")
        let lines = text(Self.frame(.retrying(reason: reason, sinceMilliseconds: Self.now - 12_300)))
        #expect(
            lines.hasPrefix(
                """
                millrace  medallion                                waiting for a target  1m 12s
                  no space left on /data
                  tried again since 12 s; nothing is lost, new input waits in its files
                  next: free space there

                """))
    }

    @Test("before the first record there is nothing to boast of")
    func beginning() {
        var frame = LiveFrame(status: PipelineStatus(), title: "shop")
        frame.note = "simulating 2,000/s into data/raw/events, 60 s left"
        #expect(
            text(frame) == """
                millrace  shop                                                  recovering  0 s
                  simulating 2,000/s into data/raw/events, 60 s left
                  takes up the last checkpoint and finishes what was begun

                  events        0  0/s                      lag  0 B
                  watermark     none yet
                  epoch         0
                  dead letters  0           late  0         duplicates  0
                """)
    }

    @Test("no line is wider, and no picture higher, than the terminal", arguments: 0..<200 as Range<UInt64>)
    func fits(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var frame = Self.frame()
        frame.title = String(repeating: "日é", count: Int.random(in: 0...60, using: &random))
        frame.note = String(repeating: "x", count: Int.random(in: 0...200, using: &random))
        frame.status.incidents = (0..<Int.random(in: 0...4, using: &random)).map {
            Diagnostic(.io, "file \($0)\n\u{1B}[2J is gone")
        }
        let relation = frame.status.relations[0]
        frame.status.relations += Array(repeating: relation, count: Int.random(in: 0...40, using: &random))
        let size = TerminalSize(
            columns: Int.random(in: 20...200, using: &random), rows: Int.random(in: 5...60, using: &random))
        let lines = LiveView.lines(frame, size: size, hasColours: false)
        #expect(lines.count < size.rows, "seed \(seed)")
        for line in lines { #expect(DisplayWidth.of(line) < size.columns, "seed \(seed): \(line)") }
        #expect(!lines.joined().contains("\u{1B}"), "seed \(seed)")
        // Colours change nothing but the colours.
        let coloured = LiveView.lines(frame, size: size, hasColours: true)
        let plain = coloured.map { line in
            var text = line
            for code in ["1", "2", "32", "33", "31", "0"] {
                text = text.split(separator: "\u{1B}[\(code)m", omittingEmptySubsequences: false).joined()
            }
            while text.last == " " { text.removeLast() }
            return text
        }
        #expect(plain == lines, "seed \(seed)")
    }

    @Test("a wide terminal leaves the line in sight, a low one counts what it hides")
    func sizes() {
        let wide = text(Self.frame(), columns: 200).split(separator: "\n")
        #expect(wide[0].count == 100)
        var frame = Self.frame()
        frame.status.relations += frame.status.relations
        let low = LiveView.lines(frame, size: TerminalSize(columns: 80, rows: 14), hasColours: false)
        #expect(low.last == "  … and 3 more lines")
    }

    @Test("a line for a pipe says the same")
    func plainLine() {
        #expect(
            LiveView.plainLine(Self.frame())
                == "1m 12s running: 1,234,567 events (12,345/s), lag 0 B, watermark 2026-11-20 12:00:00Z, "
                + "epoch 42 (412 ms), dead letters 120, late 33, duplicates 1,204; "
                + "bronze_events 1,234,567, silver_events 1,233,210, revenue 5,120")
        let reason = Diagnostic(.unavailable, "the folder is read-only", hint: "mend it")
        let waiting = LiveView.plainLine(
            Self.frame(.retrying(reason: reason, sinceMilliseconds: Self.now - 5000)))
        #expect(
            waiting.hasPrefix(
                "1m 12s waiting for 5 s, nothing is lost (the folder is read-only; next: mend it): "))
    }

    @Test("a rate that comes in bursts is smoothed")
    func rates() {
        var meter = RateMeter()
        meter.take(0, at: 0)
        meter.take(0, at: 500)
        #expect(meter.perSecond == 0)
        // 2,000 every second second, looked at five times a second.
        for step in 3..<200 { meter.take(Int64(step / 10) * 2000, at: Int64(step) * 200) }
        #expect(abs(meter.perSecond - 1000) <= 200)
        for step in 200..<260 { meter.take(40_000, at: Int64(step) * 200) }
        #expect(meter.perSecond == 0)
        meter.take(50_000, at: 1000)
        #expect(meter.perSecond == 0, "a clock that goes back is not believed")
    }

    @Test("the newest rows of a table stand in columns, as many as there is room for")
    func latestRows() {
        let rows = LatestRows(of: "revenue", limit: 2)
        func line(_ product: String, _ revenue: String) -> String {
            #"{"WINDOWSTART":1767600000000,"WINDOWEND":1767600300000,"PRODUCT_ID":"\#(product)","#
                + #""TOTAL_REVENUE":\#(revenue),"NOTE":null,"UNITS_SOLD":10}"# + "\n"
        }
        #expect(rows.lines(width: 80) == [])
        rows.take(String(repeating: line("p_0589", "147.9500"), count: 50) + line("p_1", "1470.1250"))
        let shown = [
            "window       product_id  total_revenue  units_sold",
            "08:00–08:05  p_0589             147.95          10",
            "08:00–08:05  p_1              1470.125          10",
        ]
        #expect(rows.lines(width: 80) == shown)
        #expect(rows.lines(width: 40) == shown.map { String($0.prefix(38)) })
        rows.take("no row\n{}\n")
        #expect(rows.lines(width: 80) == shown)
        var frame = Self.frame()
        frame.latest = ("revenue", shown)
        #expect(text(frame).hasSuffix("\n\n  newest of revenue\n  " + shown.joined(separator: "\n  ")))
        #expect(!text(frame, rows: 15).contains(shown[1]))
    }

    @Test("a pipeline that keeps dead letters in a stream of its own counts those")
    func deadLetters() {
        var frame = Self.frame()
        frame.status.relations.append(
            PipelineStatus.RelationCount(
                name: "DEAD_LETTERS", isTable: false, rows: 384, late: 0, duplicates: 0, sinks: []))
        #expect(text(frame).contains("dead letters  384 "))
    }
}
