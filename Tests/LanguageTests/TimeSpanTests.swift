import Language
import Testing

@Suite("Lengths of time")
struct TimeSpanTests {
    @Test(
        "are read with any unit",
        arguments: [
            ("10 MINUTES", 600_000), ("10 minute", 600_000), ("500ms", 500), ("1h", 3_600_000),
            ("2 d", 172_800_000),
            (" 30  seconds ", 30_000), ("0s", 0), ("1 MILLISECOND", 1), ("7 days", 604_800_000),
            ("5m", 300_000),
        ] as [(String, Int64)])
    func units(_ text: String, _ milliseconds: Int64) {
        #expect(TimeSpan(text: text)?.milliseconds == milliseconds)
    }

    @Test(
        "are refused without a unit, with another or when too long",
        arguments: [
            "", "10", "minutes", "10 weeks", "-1 s", "1.5 h", "10 m s", "99999999999999999999 s",
            "9223372036854775807 days",
            "1 DAYSS", "１s",
        ])
    func refused(_ text: String) {
        #expect(TimeSpan(text: text) == nil)
    }
}
