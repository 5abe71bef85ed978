import Foundation
import Simulation
import Testing

@testable import Commands

@Suite("Quality rules of the medallion pipeline")
struct QualityTests {
    private static let isFull = ProcessInfo.processInfo.environment["MILLRACE_FULL"] == "1"

    @Test("a clean hour of simulated data gives no alarm")
    func cleanHour() throws {
        try Workplace.with { place in
            let shop = SimulatedShop(place: place)
            try shop.simulate(from: 0, minutes: 60, rate: Self.isFull ? 1000 : 8, seed: 5, name: "clean")
            let said = try shop.run(epochBytes: Self.isFull ? 64 << 20 : 1 << 20)
            let rules = try shop.rules()
            #expect(rules.count == 10)
            for (name, rule) in rules {
                #expect(SimulatedShop.broken(rule) == 0, "\(name): \(rule)")
                #expect((rule["epochs"] as? Int) ?? 0 >= 10, "\(name) is judged in many epochs")
            }
            #expect(rules["volume"]?["example"].map { "\($0)".contains("usual are") } == true)
            #expect(said.errors.isEmpty)
            let lake = CapturedConsole()
            #expect(lake.run(["inspect", "lake", shop.lake]) == .done)
            #expect(lake.output.contains("PASS  quality: of 10 rules 10 PASS"))
        }
    }

    /// The kinds of rule that malformed lines, repeats and bots break, with the fault for each.
    private static let rules = """
        { "results": "${lake}/quality/results", "quarantine": "${lake}/quality/quarantine",
          "alerts": "${lake}/quality/alerts.jsonl", "rules": [
            {"name": "not null", "on": "checked_events", "check": "not_null", "columns": ["user_id"]},
            {"name": "range", "on": "checked_events", "check": "range", "column": "price", "min": 0,
             "on_fail": ["alert", "quarantine"]},
            {"name": "set", "on": "checked_events", "check": "set", "column": "event_type",
             "values": ["page_view", "add_to_cart", "purchase", "search"]},
            {"name": "condition", "on": "checked_events", "check": "condition",
             "condition": "reason IS NULL", "fail_above": "1%"},
            {"name": "unique", "on": "checked_events", "check": "unique", "column": "event_id",
             "within": "10 minutes", "fail_above": "1%"},
            {"name": "volume", "on": "silver_events", "check": "volume", "window": "1 minute"},
            {"name": "table", "on": "anomalies", "check": "condition", "condition": "severity = 'medium'"}
          ] }
        """

    @Test("each kind of rule passes over clean data and is broken by the fault that it is for")
    func faults() throws {
        try Workplace.with { place in
            let shop = SimulatedShop(place: place)
            try shop.simulate(from: 0, minutes: 25, rate: 8, seed: 5, name: "clean")
            _ = try shop.run(epochBytes: 1 << 20, rules: Self.rules)
            let clean = try shop.rules()
            #expect(clean.count == 6, "no anomaly, so nothing to judge there")
            for (name, rule) in clean { #expect(SimulatedShop.broken(rule) == 0, "\(name): \(rule)") }

            try shop.simulate(from: 25, minutes: 10, rate: 12, seed: 6, name: "faulty") {
                $0.malformed = 0.04
                $0.duplicates = 0.04
                $0.late = 0.02
            }
            try shop.simulate(from: 28, minutes: 5, rate: 20, seed: 7, name: "bots") { $0.bots = 2 }
            let said = try shop.run(epochBytes: 1 << 20, rules: Self.rules)
            let broken = try shop.rules()
            for (name, rule) in broken {
                #expect(((rule["failed"] as? Int) ?? 0) > 0, "\(name) holds: \(rule)")
                #expect(said.errors.contains("quality: FAIL  \(name) on "), "\(name) is told")
            }
            #expect(broken.count == 7)
            let alerts = try String(contentsOfFile: shop.lake + "/quality/alerts.jsonl", encoding: .utf8)
            #expect(alerts.split(separator: "\n").count >= 7)
            let lake = CapturedConsole()
            #expect(lake.run(["inspect", "lake", shop.lake]) == .failed)
            #expect(lake.output.contains("PASS  books"), "\(lake.output)")
            #expect(lake.output.contains("+ quarantined "), "\(lake.output)")
        }
    }

    @Test("inspect quality says what is wrong with a path")
    func noResults() throws {
        try Workplace.with { place in
            let captured = CapturedConsole()
            #expect(captured.run(["inspect", "quality", place.path]) == .failed)
            #expect(captured.errors.contains("there are no results of quality rules"))
        }
    }

    @Test("a bad rules file is an error with its place")
    func badRules() throws {
        try Workplace.with { place in
            try place.write(
                "{\"results\": \"r\",\n \"rules\": [{\"name\": \"a\", \"on\": \"revenu\"}]}", to: "r.json")
            let captured = CapturedConsole()
            let code = captured.run(
                [
                    "run", Workplace.root + "/pipelines/medallion/medallion.sql", "--quality",
                    place.path + "/r.json", "--state", place.path + "/state", "--once",
                ], launcher: PipelineLauncher())
            #expect(code == .failed)
            #expect(captured.errors.contains("r.json:2:"), "\(captured.errors)")
        }
    }
}
