import Foundation
import Testing

/// Rules of a pipeline that runs on its own.
@Suite(.enabled(if: Place.hasProgram, "\(Place.programIsMissing)"))
struct QualityTests {
    private static let rules = """
        { "results": "${lake}/quality/results", "alerts": "${lake}/quality/alerts.jsonl", "rules": [
            {"name": "arrival", "on": "silver_events", "check": "freshness", "max_age": "2s"} ] }
        """

    @Test func aShopThatClosesIsMissed() throws {
        let shop = try Shop("stalled")
        defer { shop.remove() }
        let rules = shop.folder + "/rules.json"
        try Self.rules.write(toFile: rules, atomically: true, encoding: .utf8)
        let simulation = try RunningProgram([
            Place.program, "simulate", "shop", "--to", shop.raw, "--for", "1s", "--rate", "200",
            "--every", "200ms",
        ])
        let run = try RunningProgram(shop.command(["--trigger", "50ms", "--quality", rules, "--quiet"]))
        #expect(try simulation.wait().exitCode == 0)
        try waitUntil("the alert") { run.errors.contains("quality: FAIL  arrival on silver_events") }
        let alerts = try String(contentsOfFile: shop.lake + "/quality/alerts.jsonl", encoding: .utf8)
        #expect(alerts.contains(#""status":"FAIL","former":"PASS""#))
        let inspection = try RunningProgram([Place.program, "inspect", "quality", shop.lake]).wait()
        #expect(inspection.exitCode == 1)
        #expect(inspection.output.contains("FAIL  arrival"), "\(inspection.output)")
        run.signal(SIGTERM)
        #expect(try run.wait().exitCode == 0)
    }
}
