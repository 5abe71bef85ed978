import Foundation
import Testing

/// `millrace replay` over real files: as if the new statements had been there from the beginning.
@Suite(.enabled(if: Place.canCheck, "\(Place.checkersAreMissing)"))
struct ReplayTests {
    /// A fresh run of the changed rules over all input.
    static let reference = Result {
        let shop = try Shop("replay-reference", reading: try Oracle.data(.medium))
        try shop.runOnce(try shop.script("new", Shop.otherRules))
        return shop
    }

    /// A run of the former rules over all input, without the quality rules that stand beside the pipeline.
    private static let former = Result {
        let shop = try Shop("replay-former", reading: try Oracle.data(.medium))
        try shop.runOnce(try shop.script("former", []))
        return shop
    }

    /// The former rules over the first files, in several runs with different threads and epochs.
    private func shop(
        files count: Int, epochBytes: Int? = nil, changes: [(String, String)] = []
    ) throws -> (shop: Shop, script: String) {
        let shop = try Shop("replay", epochBytes: epochBytes)
        let script = try shop.script("former", changes)
        let files = try Oracle.files(try Oracle.data(.medium))
        for (index, file) in files.prefix(count).enumerated() {
            try shop.deliver(file)
            if index % 3 == 2 { try shop.runOnce(script, ["--threads", "\(1 + index % 4)"]) }
        }
        try shop.runOnce(script)
        return (shop, script)
    }

    @Test func changedRulesGiveTheLakeOfAFreshRunAndTheNextRunGoesOn() throws {
        let (shop, _) = try shop(files: 7)
        defer { shop.remove() }
        let new = try shop.script("new", Shop.otherRules)
        let summary = try shop.replay(new)
        #expect(summary.swapped && summary.records == 70_000 && summary.tables.count == 8)
        #expect(shop.leftovers == [])

        let fresh = try Shop("fresh", reading: shop.raw)
        defer { fresh.remove() }
        try fresh.runOnce(try fresh.script("new", Shop.otherRules))
        try Oracle.expectEqual(shop.lake, fresh.lake, "the first files")

        for file in try Oracle.files(try Oracle.data(.medium)).dropFirst(7) {
            try shop.deliver(file)
            try shop.runOnce(new)
        }
        try Oracle.expectEqual(shop.lake, try Self.reference.get().lake, "all files")
        try Oracle.expectEveryVersionReadable(shop, "after a replay")
    }

    /// The pipeline had no rules before; those of the new one remember keys from the first record on.
    @Test func rowsThatARuleKeepsAsideStayAside() throws {
        let rules = """
            { "results": "${lake}/quality/results", "quarantine": "${lake}/quality/quarantine",
              "alerts": "${lake}/quality/alerts.jsonl", "rules": [
                {"name": "prices", "on": "checked_events", "check": "range", "column": "price", "max": 300,
                 "on_fail": ["alert", "quarantine", "stop"], "sinks": ["silver_lake"], "fail_above": "90%"},
                {"name": "repeats", "on": "checked_events", "check": "unique", "columns": ["event_id"],
                 "within": "5 minutes", "on_fail": ["quarantine"], "where": "reason IS NULL"} ] }
            """
        let (shop, _) = try shop(files: 4)
        defer { shop.remove() }
        let fresh = try Shop("fresh-rules", reading: shop.raw)
        defer { fresh.remove() }
        for place in [shop, fresh] {
            try Data(rules.utf8).write(to: URL(fileURLWithPath: place.folder + "/new.quality.json"))
        }
        try fresh.runOnce(try fresh.script("new", Shop.otherRules))
        let new = try shop.script("new", Shop.otherRules)
        let summary = try shop.replay(new)
        #expect(summary.swapped && summary.tables.map(\.sink).contains("quality_quarantine"))
        try Oracle.expectEqual(shop.lake, fresh.lake, "rows kept aside")
        #expect(access(shop.lake + "/quality/results", F_OK) != 0, "what was judged before is not told again")
        #expect(access(shop.lake + "/quality/alerts.jsonl", F_OK) != 0)
        for file in try Oracle.files(try Oracle.data(.medium)).dropFirst(4).prefix(2) {
            try shop.deliver(file)
            try shop.runOnce(new)
            try fresh.runOnce(fresh.folder + "/new.sql")
        }
        try Oracle.expectEqual(shop.lake, fresh.lake, "the rules go on")
        #expect(access(shop.lake + "/quality/results", F_OK) == 0)
    }

    /// Also the clock's columns: each row sees the clock of its first epoch, and a table's row that of the
    /// epoch that changed it last.
    @Test func theSameRulesChangeNothing() throws {
        let (shop, script) = try shop(
            files: 8, epochBytes: 3_000_000,
            changes: [
                ("COUNT(*) AS purchase_count,", "COUNT(*) AS purchase_count, UNIX_TIMESTAMP() AS told,")
            ])
        defer { shop.remove() }
        let before = try shop.lakeFiles()
        let same = try shop.replay(script, ["--diff"])
        #expect(!same.swapped && same.tables.count == 8)
        for table in same.tables {
            let found = try #require(table.diff)
            #expect(found.onlyLive + found.onlyRebuilt + found.changed == 0, "\(table.path)")
        }
        #expect(try shop.lakeFiles() == before)
        #expect(shop.leftovers == [])
    }

    @Test func differencesAreShownByTableAndKeyAndNothingIsSwapped() throws {
        let (shop, script) = try shop(files: 4)
        defer { shop.remove() }
        let before = try shop.lakeFiles()
        let found = try shop.replay(try shop.script("new", Shop.otherRules), ["--diff"])
        func difference(_ table: String) throws -> ReplaySummary.Table.Difference {
            let entry = try #require(found.tables.first { $0.path.hasSuffix(table) })
            return try #require(entry.diff)
        }
        let silver = try difference("silver/events")
        #expect(silver.onlyRebuilt > 0 && silver.columnsAdded == ["is_search"])
        #expect(try #require(found.tables.first { $0.sink == "silver_lake" }).key == ["event_id"])
        let letters = try difference("bronze/dead_letters")
        #expect(letters.onlyLive > 0 && letters.onlyRebuilt == 0)
        #expect(try difference("gold/anomalies").onlyRebuilt > 0)
        #expect(try shop.lakeFiles() == before)
        try shop.runOnce(script)
        #expect(try shop.lakeFiles() == before)
    }

    /// The pipeline is asked to wait, and goes on by the new rules in the same process.
    @Test func aPipelineAtWorkIsCarriedOver() throws {
        let shop = try Shop("carried")
        defer { shop.remove() }
        let files = try Oracle.files(try Oracle.data(.medium))
        let former = try shop.script("former", [])
        let run = try RunningProgram(shop.command("run", former, ["--trigger", "50ms"]))
        let new = try shop.script("new", Shop.otherRules)
        var replay: RunningProgram?
        for (index, file) in files.enumerated() {
            try shop.deliver(file)
            usleep(100_000)
            if index == 4 {
                replay = try RunningProgram(shop.command("replay", new, ["--from", "bronze"]))
            }
        }
        let ended = try #require(replay).wait()
        #expect(ended.exitCode == 0, "\(ended.errors)")
        try waitUntil("all files are in silver") { shop.rowsReported(run) >= 100_000 }
        run.signal(SIGTERM)
        let stopped = try run.wait()
        #expect(stopped.exitCode == 0, "\(stopped.errors)")
        #expect(
            stopped.output.contains("replay: rebuilt tables are swapped in, goes on by \(new)"),
            "\(stopped.output.suffix(2000))")
        try Oracle.expectEqual(shop.lake, try Self.reference.get().lake, "a live pipeline")
        #expect(shop.leftovers == [])
    }

    /// By its own rules, or by the new ones if the swap was decided.
    @Test(arguments: ["replay/request", "replay/journal"]) func aPipelineGoesOnWhenTheReplayDies(
        sign: String
    ) throws {
        let shop = try Shop("orphaned")
        defer { shop.remove() }
        let files = try Oracle.files(try Oracle.data(.medium))
        for file in files.prefix(5) { try shop.deliver(file) }
        let former = try shop.script("former", [])
        let run = try RunningProgram(shop.command("run", former, ["--trigger", "50ms"]))
        try waitUntil("the first files are taken") { shop.versions(of: "gold/revenue") > 1 }
        let new = try shop.script("new", Shop.otherRules)
        let replay = try RunningProgram(shop.command("replay", new, ["--from", "bronze"]))
        try waitUntil("the sign \(sign)", pause: 100) {
            access(shop.state + "/" + sign, F_OK) == 0 || access(shop.state + "/replayed", F_OK) == 0
        }
        replay.signal(SIGKILL)
        _ = try replay.wait()
        for file in files.dropFirst(5) { try shop.deliver(file) }
        try waitUntil("all files are taken") { shop.rowsReported(run) >= 100_000 }
        run.signal(SIGTERM)
        let stopped = try run.wait()
        #expect(stopped.exitCode == 0, "\(stopped.errors)")
        let isSwapped = access(shop.state + "/replayed", F_OK) == 0
        let expected = try (isSwapped ? Self.reference : Self.former).get()
        try Oracle.expectEqual(shop.lake, expected.lake, "killed at \(sign), swapped: \(isSwapped)")
    }

    @Test func aSecondReplayIsRefused() throws {
        let (shop, _) = try shop(files: 4)
        defer { shop.remove() }
        // Held by somebody else, as the kernel sees it.
        try FileManager.default.createDirectory(
            atPath: shop.state + "/replay", withIntermediateDirectories: true)
        let holder = try RunningProgram(["flock", shop.state + "/replay/lock", "sleep", "60"])
        try waitUntil("the lock is held") {
            try RunningProgram(["flock", "-n", shop.state + "/replay/lock", "true"]).wait().exitCode != 0
        }
        let words = shop.command("replay", Place.pipeline, ["--from", "bronze"])
        let ended = try RunningProgram(words).wait()
        holder.signal(SIGKILL)
        #expect(ended.exitCode == 1 && ended.errors.contains("another replay of this pipeline is at work"))
    }

    @Test(arguments: [
        ("dead_letters", "dead_letters_lake can't be replayed from"),
        ("silver", "silver_lake can't be replayed"),
        ("bronse", "did you mean bronze?"),
    ]) func whatIsNoBronzeIsRefusedWithWhatItLacks(name: String, message: String) throws {
        let words = [Place.program, "replay", Place.pipeline, "--from", name]
        let ended = try RunningProgram(words).wait()
        #expect(ended.exitCode != 0 && ended.errors.contains(message), "\(ended.errors)")
        #expect(ended.errors.contains("bronze_lake"), "\(ended.errors)")
    }

    /// A changed grouping can't keep its state: the refusal names the way out, which works.
    @Test func aRefusedRunNamesTheReplay() throws {
        let (shop, _) = try shop(files: 2)
        defer { shop.remove() }
        let new = try shop.script("new", Shop.otherRules)
        let refused = try RunningProgram(shop.command("run", new, ["--once"])).wait()
        #expect(refused.exitCode == 1 && refused.errors.contains("millrace replay FILE.sql --from bronze"))
        try shop.replay(new)
        try shop.runOnce(new)
    }
}
