import Diagnostics
import Testing

@Suite struct DurationTextTests {
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
            "99999999999999999999d", "999999999999 days",
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
}
