/// Durations as people write them: `60s`, `500ms`, `1.5h`, `10 minutes`, `2d`; a bare number is seconds.
///
/// Ranges are two durations with a dash, `1s-3s`; a unit only at the end, `1-3s`, counts for both.
public enum DurationText {
    /// What to write, for error messages.
    public static let expectation = "a duration such as 60s, 500ms, 1m or 1.5h; a bare number is seconds"

    private static let units: [(names: [String], milliseconds: Double)] = [
        (["ms", "millisecond", "milliseconds"], 1),
        (["s", "sec", "second", "seconds"], 1000),
        (["m", "min", "minute", "minutes"], 60_000),
        (["h", "hour", "hours"], 3_600_000),
        (["d", "day", "days"], 86_400_000),
    ]

    /// The duration that `text` means; `nil` when it means none.
    ///
    /// Whole milliseconds, not negative, at most 10,000 years.
    public static func parse(_ text: String) -> Duration? {
        guard let (amount, unit) = split(text), let milliseconds = scaled(amount, by: unit ?? 1000) else {
            return nil
        }
        return .milliseconds(milliseconds)
    }

    /// The range that `text` means; a single duration is a range of itself.
    public static func parseRange(_ text: String) -> ClosedRange<Duration>? {
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard ends.count == 2 else { return parse(text).map { $0...$0 } }
        guard let (low, lowUnit) = split(ends[0]), let (high, highUnit) = split(ends[1]),
            let from = scaled(low, by: lowUnit ?? highUnit ?? 1000),
            let to = scaled(high, by: highUnit ?? 1000), from <= to
        else { return nil }
        return .milliseconds(from) ... .milliseconds(to)
    }

    /// The value of a command's flag.
    ///
    /// - Throws: a `usage` diagnostic naming the flag, the value and what was expected.
    public static func parse(_ text: String, flag: String) throws(Diagnostic) -> Duration {
        guard let duration = parse(text) else {
            throw Diagnostic(.usage, "\(flag) \(text) is not a duration", expected: expectation)
        }
        return duration
    }

    /// The value of a command's flag that takes a duration or a range of them.
    ///
    /// - Throws: a `usage` diagnostic naming the flag, the value and what was expected.
    public static func parseRange(_ text: String, flag: String) throws(Diagnostic) -> ClosedRange<Duration> {
        guard let range = parseRange(text) else {
            throw Diagnostic(
                .usage, "\(flag) \(text) is neither a duration nor a range of durations",
                expected: "\(expectation); or a range, the shorter first, such as 1s-3s")
        }
        return range
    }

    /// The number and the milliseconds of its unit, if it has one.
    private static func split(_ text: String) -> (amount: Double, unit: Double?)? {
        let text = trimmed(text)
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        // Double would also take "1e3", "inf" and "0x1p3", which nobody means.
        guard digits.contains(where: \.isNumber), let amount = Double(digits) else { return nil }
        let name = text.dropFirst(digits.count).drop { $0.isWhitespace }.lowercased()
        if name.isEmpty { return (amount, nil) }
        return units.first { $0.names.contains(name) }.map { (amount, $0.milliseconds) }
    }

    private static func trimmed(_ text: String) -> Substring {
        var rest = text[...].drop { $0.isWhitespace }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }

    private static func scaled(_ amount: Double, by unit: Double) -> Int64? {
        let milliseconds = (amount * unit).rounded()
        return milliseconds <= 3.2e14 ? Int64(milliseconds) : nil
    }
}
