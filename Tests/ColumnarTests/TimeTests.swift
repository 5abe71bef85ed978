import Columnar
import Foundation
import TestKit
import Testing

@Suite struct TimeTests {
    private let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0)!
        return calendar
    }()

    @Test func daysAgreeWithTheCalendar() {
        var dice = SeededGenerator(seed: 1)
        for _ in 0..<3000 {
            // From 1600 to 3000, where Foundation's calendar is Gregorian too.
            let days = dice.int(-135_140...376_200)
            let (year, month, day) = Civil.date(days: days)
            let date = Date(timeIntervalSince1970: Double(days) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            #expect(parts.year == year && parts.month == month && parts.day == day, "day \(days)")
            #expect(Civil.days(year: year, month: month, day: day) == days)
        }
    }

    @Test func everyDayOfFourCenturiesFollowsTheOneBefore() {
        var (year, month, day) = Civil.date(days: -200_000)
        for days in -199_999...0 {
            day += 1
            if day > Civil.daysInMonth(month, year: year) {
                day = 1
                month += 1
            }
            if month > 12 {
                month = 1
                year += 1
            }
            let date = Civil.date(days: days)
            if date != (year, month, day) {
                Issue.record("day \(days) is \(date)")
                return
            }
        }
    }

    @Test func textGoesThereAndBack() {
        var dice = SeededGenerator(seed: 2)
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        for _ in 0..<2000 {
            let time = Int64(dice.int(-4_000_000_000_000...4_000_000_000_000))
            let text = Civil.timestampText(milliseconds: time)
            #expect(TimestampText.parse(text) == time, "\(text)")
            #expect(TimestampText.parse(text + "Z") == time)
            let date = formatter.date(from: text + "Z")
            #expect(date.map { Int64(($0.timeIntervalSince1970 * 1000).rounded()) } == time, "\(text)")
        }
    }

    @Test func variantsOfOneInstant() {
        let instant: Int64 = 1_795_045_800_000
        for text in [
            "2026-11-18T23:50:00Z", "2026-11-18 23:50:00", "2026-11-18T23:50", "2026-11-18T23:50:00.000",
            "2026-11-18T23:50:00.0004Z", "2026-11-19T01:50:00+02:00", "2026-11-18T22:50:00-0100",
            "2026-11-18T22:50:00-01", "2026-11-18t23:50:00z", "2026-11-18T23:49:60Z",
            "2026-11-18T23:50:00,0Z",
        ] {
            #expect(TimestampText.parse(text) == instant, "\(text)")
        }
        #expect(TimestampText.parse("2026-11-18T23:50:00.123Z") == instant + 123)
        #expect(TimestampText.parse("2026-11-18T23:50:00.1Z") == instant + 100)
        #expect(TimestampText.parse("2026-11-18") == 1_794_960_000_000)
    }

    @Test func impossibleTimesAreRefused() {
        for text in [
            "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-11-18T24:00:00",
            "2026-11-18T23:60:00",
            "2026-11-18T23:50:61", "2026-11-18T23:50:00.", "2026-11-18T23:50:00.1234567890", "2026-11-18T",
            "2026-11-18T23", "26-11-18", "2026-11-18T23:50:00+", "2026-11-18T23:50:00+19:00", "x", "",
            "2026-11-18T23:50:00ZZ", "2026-11-18T23:50:00.12aZ", "2026-1a-18T23:50:00Z",
            "2026-11-31T23:50:00.123",
        ] {
            #expect(TimestampText.parse(text) == nil, "\(text)")
        }
        #expect(TimestampText.parse("2024-02-29T00:00:00") != nil)
    }

    /// The fast way for the plain form and the general way agree on whatever comes.
    @Test func mutatedTextNeverTrapsAndKeepsItsMeaning() {
        var dice = SeededGenerator(seed: 3)
        for _ in 0..<50_000 {
            var bytes = Array("2026-11-18T23:50:00.123Z".utf8)
            if dice.chance(50) { bytes.removeLast(dice.pick([0, 1, 5])) }
            for _ in 0..<dice.int(0...2) {
                bytes[dice.int(0...bytes.count - 1)] = dice.pick(Array("0123456789-:T.Z +x".utf8))
            }
            let text = String(decoding: bytes, as: UTF8.self)
            // A blank in place of the T takes the general way.
            let general = text.replacingOccurrences(of: "T", with: "t")
            #expect(TimestampText.parse(text) == TimestampText.parse(general), "\(text)")
        }
    }

    @Test func timesOfDay() {
        func time(_ text: String) -> Int32? {
            var text = text
            return text.withUTF8 { TimestampText.parseTime(UnsafeRawBufferPointer($0)) }
        }
        #expect(time("13:05") == 47_100_000)
        #expect(time("00:00:00.010") == 10)
        #expect(time("24:00") == nil)
        #expect(time("13:5") == nil)
        #expect(Civil.timeText(milliseconds: 47_109_120) == "13:05:09.120")
        #expect(Civil.timeText(milliseconds: 4000) == "00:00:04")
    }
}
