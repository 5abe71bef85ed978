import Diagnostics
import Foundation
import Testing

@testable import Simulation

@Suite("Times and destinations as text")
struct SettingsTextTests {
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

    @Test("destinations are directories and topics")
    func destinations() throws {
        #expect(try SimulationDestination.parse("data/raw/events") == .directory("data/raw/events"))
        #expect(try SimulationDestination.parse("file:///tmp/x") == .directory("/tmp/x"))
        #expect(
            try SimulationDestination.parse("kafka://localhost:9092/product_events")
                == .topic("product_events", servers: "localhost:9092"))
        let kafka = #expect(throws: Diagnostic.self) {
            try SimulationDestination.parse("kafka://localhost:9092")
        }
        #expect(kafka?.code == .usage)
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
