import Diagnostics
import Foundation
import Testing

@testable import Simulation

@Suite("Durations, times and destinations as text")
struct SettingsTextTests {
    @Test(
        "durations",
        arguments: [
            ("60s", 60_000), ("500ms", 500), ("1m", 60_000), ("2h", 7_200_000), ("1d", 86_400_000),
            ("5", 5000),
            ("10 minutes", 600_000), (" 1 Hour ", 3_600_000), ("1 s", 1000),
            ("1.5s", 1500), ("0.25", 250), ("0", 0), (".5s", 500),
        ])
    func durations(text: String, milliseconds: Int) {
        #expect(DurationText.parse(text) == .milliseconds(milliseconds))
        #expect(DurationText.parseRange(text) == .milliseconds(milliseconds) ... .milliseconds(milliseconds))
    }

    @Test(
        "no durations",
        arguments: [
            "", "s", "-1s", "1 x", "1x", "1e3", "inf", "0x10", "1.2.3", ".", "1sm", "ms", "１s",
            "99999999999999999999d",
        ])
    func noDurations(text: String) { #expect(DurationText.parse(text) == nil) }

    @Test("ranges of durations")
    func ranges() {
        #expect(DurationText.parseRange("1s-3s") == .seconds(1) ... .seconds(3))
        #expect(DurationText.parseRange("1-3s") == .seconds(1) ... .seconds(3))
        #expect(DurationText.parseRange("1-3") == .seconds(1) ... .seconds(3))
        #expect(DurationText.parseRange("500ms-2s") == .milliseconds(500) ... .seconds(2))
        #expect(DurationText.parseRange("1-3m") == .seconds(60) ... .seconds(180))
        for bad in ["3s-1s", "1s-", "-3s", "-", "1s-2s-3s", "1s–3s"] {
            #expect(DurationText.parseRange(bad) == nil, "\(bad)")
        }
    }

    @Test("errors name the flag, the value and what was expected")
    func durationErrors() {
        let error = #expect(throws: Diagnostic.self) { try DurationText.parse("soon", flag: "--for") }
        #expect(error?.message == "--for soon is not a duration")
        #expect(error?.expected?.contains("60s") ?? false)
        let range = #expect(throws: Diagnostic.self) { try DurationText.parseRange("3s-1s", flag: "--every") }
        #expect(range?.message.contains("--every 3s-1s") ?? false)
        #expect(range?.expected?.contains("1s-3s") ?? false)
    }

    @Test(
        "times",
        arguments: [
            ("2026-11-18", "2026-11-18T00:00:00.000Z"), ("2026-11-18T23:50", "2026-11-18T23:50:00.000Z"),
            ("2026-11-18 23:50:01Z", "2026-11-18T23:50:01.000Z"),
            ("2026-11-18T23:50:00.5", "2026-11-18T23:50:00.500Z"),
            ("2026-11-18T23:50:00.123456Z", "2026-11-18T23:50:00.123Z"),
            ("2026-11-18T23:50:00+01:30", "2026-11-18T22:20:00.000Z"),
            ("2024-02-29T00:00:00-0500", "2024-02-29T05:00:00.000Z"),
            ("1970-01-01", "1970-01-01T00:00:00.000Z"),
        ])
    func times(text: String, normal: String) throws {
        #expect(TimestampText.text(try #require(TimeText.parse(text))) == normal)
    }

    @Test(
        "no times",
        arguments: [
            "", "now", "2026", "2026-11", "2026-02-30", "2025-02-29", "2026-13-01", "2026-00-01",
            "2026-11-00",
            "2026-11-18T", "2026-11-18T24:00", "2026-11-18T10:60", "2026-11-18T10:00:60",
            "2026-11-18T10:00:00.",
            "2026-11-18T10:00:00+1", "2026-11-18T10:00Zulu", "1969-12-31", "9999-01-01", "٢٠٢٦-11-18",
        ])
    func noTimes(text: String) { #expect(TimeText.parse(text) == nil) }

    @Test("calendar days are Foundation's, seed 8")
    func calendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        var random = RandomSource(seed: 8)
        for _ in 0..<2000 {
            let days = random.below(2_900_000)
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(days) * 86_400))
            let date = CivilDate(daysSinceEpoch: days)
            #expect(
                date.year == parts.year && date.month == parts.month && date.day == parts.day, "day \(days)")
            #expect(date.daysSinceEpoch == days && date.exists)
        }
    }

    @Test("destinations are directories; Kafka is said to come later")
    func destinations() throws {
        #expect(try SimulationDestination.parse("data/raw/events") == .directory("data/raw/events"))
        #expect(try SimulationDestination.parse("file:///tmp/x") == .directory("/tmp/x"))
        let kafka = #expect(throws: Diagnostic.self) {
            try SimulationDestination.parse("kafka://localhost:9092/product_events")
        }
        #expect(kafka?.code == .unsupported)
        #expect(kafka?.message.contains("comes with the broker") ?? false)
        #expect(kafka?.hint != nil)
        for bad in ["", "s3://bucket/raw", "http://host/"] {
            let error = #expect(throws: Diagnostic.self) { try SimulationDestination.parse(bad) }
            #expect(error?.code == .usage, "\(bad)")
        }
    }

    @Test("scenarios: shop is there, media comes later, others are unknown")
    func scenarios() throws {
        #expect(try SimulationScenario.parse("shop") == .shop)
        var configuration = SimulationConfiguration()
        configuration.scenario = try SimulationScenario.parse("media")
        #expect(throws: Diagnostic.self) { try configuration.validate() }
        let error = #expect(throws: Diagnostic.self) { try SimulationScenario.parse("shp") }
        #expect(error?.hint == "did you mean shop?")
    }
}
