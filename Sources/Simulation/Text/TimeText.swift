import Diagnostics

/// Points in time as people write them: ISO 8601, UTC unless an offset says otherwise.
///
/// `2026-11-18`, `2026-11-18T23:50`, `2026-11-18 23:50:00.123Z`, `2026-11-18T23:50:00+01:00`.
public enum TimeText {
    /// What to write, for error messages.
    public static let expectation = "a time such as 2026-11-18T23:50:00Z or a date such as 2026-11-18"

    /// Milliseconds since 1970; `nil` for what is no time between the years 1970 and 9998.
    public static func parse(_ text: String) -> Int64? {
        var rest = Substring(text)
        guard let year = number(4, &rest), skip("-", &rest), let month = number(2, &rest), skip("-", &rest),
            let day = number(2, &rest), (1970...9998).contains(year)
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard date.exists else { return nil }
        var milliseconds = Int64(date.daysSinceEpoch) * 86_400_000
        if rest.isEmpty { return milliseconds }

        guard skip("T", &rest) || skip("t", &rest) || skip(" ", &rest), let hour = number(2, &rest),
            hour < 24,
            skip(":", &rest), let minute = number(2, &rest), minute < 60
        else { return nil }
        milliseconds += Int64(hour) * 3_600_000 + Int64(minute) * 60_000
        if skip(":", &rest) {
            guard let second = number(2, &rest), second < 60 else { return nil }
            milliseconds += Int64(second) * 1000
            if skip(".", &rest) {
                let digits = rest.prefix { $0.isASCII && $0.isNumber }
                rest.removeFirst(digits.count)
                // Padded, so that .5 is 500 ms; what is finer than milliseconds is dropped.
                guard !digits.isEmpty, let fraction = Int64((digits + "00").prefix(3)) else { return nil }
                milliseconds += fraction
            }
        }
        guard let offset = offset(&rest), rest.isEmpty else { return nil }
        return milliseconds - offset
    }

    /// The value of a command's flag.
    ///
    /// - Throws: a `usage` diagnostic naming the flag, the value and what was expected.
    public static func parse(_ text: String, flag: String) throws(Diagnostic) -> Int64 {
        guard let time = parse(text) else {
            throw Diagnostic(.usage, "\(flag) \(text) is not a time", expected: expectation)
        }
        return time
    }

    /// Milliseconds that local time is ahead of UTC.
    private static func offset(_ rest: inout Substring) -> Int64? {
        if rest.isEmpty || skip("Z", &rest) || skip("z", &rest) { return 0 }
        let sign: Int64 = skip("+", &rest) ? 1 : skip("-", &rest) ? -1 : 0
        guard sign != 0, let hours = number(2, &rest), hours < 24 else { return nil }
        _ = skip(":", &rest)
        guard let minutes = number(2, &rest), minutes < 60 else { return nil }
        return sign * (Int64(hours) * 3_600_000 + Int64(minutes) * 60_000)
    }

    /// Exactly `count` digits.
    private static func number(_ count: Int, _ rest: inout Substring) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        rest.removeFirst(count)
        return Int(digits)
    }

    private static func skip(_ character: Character, _ rest: inout Substring) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }
}
