/// Parsing of ISO 8601 dates and times, the form that events carry.
public enum TimestampText {
    /// `2026-11-18T23:50:00.123Z` and its variants, as milliseconds since the epoch, UTC.
    ///
    /// A date alone is midnight. `T` may be a blank; seconds and a fraction of 1 to 9 digits may be left
    /// out (digits behind the third are cut off); the zone is `Z`, `±hh`, `±hhmm`, `±hh:mm` or none, which
    /// means UTC. Impossible dates and times (2026-02-30, 24:00:01) give nil; a leap second (`:60`) counts
    /// as the next second.
    public static func parse(_ text: UnsafeRawBufferPointer) -> Int64? {
        if let time = parsePlain(text) { return time }
        var reader = DigitReader(text: text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), month >= 1, month <= 12, day >= 1,
            day <= Civil.daysInMonth(month, year: year)
        else { return nil }
        let midnight = Int64(Civil.days(year: year, month: month, day: day)) * Civil.millisecondsPerDay
        if reader.isAtEnd { return midnight }
        guard reader.take("T") || reader.take("t") || reader.take(" ") else { return nil }
        guard let hour = reader.number(2), reader.take(":"), let minute = reader.number(2), hour <= 23,
            minute <= 59
        else { return nil }
        var milliseconds = Int64(hour) * 3_600_000 + Int64(minute) * 60_000
        if reader.take(":") {
            guard let second = reader.number(2), second <= 60 else { return nil }
            milliseconds += Int64(second) * 1000
            if reader.take(".") || reader.take(",") {
                guard let fraction = reader.fraction() else { return nil }
                milliseconds += Int64(fraction)
            }
        }
        guard let zone = reader.zone(), reader.isAtEnd else { return nil }
        return midnight + milliseconds - zone
    }

    /// The one form that nearly all events have: `2026-11-18T23:50:00[.123][Z]`, without a branch for each
    /// digit.
    private static func parsePlain(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard text.count >= 19, text.count <= 24, let base = text.baseAddress else { return nil }
        let bytes = base.assumingMemoryBound(to: UInt8.self)
        var worst: UInt8 = 0
        func pair(_ index: Int) -> Int {
            let (tens, ones) = (bytes[index] &- 48, bytes[index &+ 1] &- 48)
            worst = max(worst, max(tens, ones))
            return Int(tens) &* 10 &+ Int(ones)
        }
        let year = pair(0) &* 100 &+ pair(2)
        let (month, day) = (pair(5), pair(8))
        let (hour, minute, second) = (pair(11), pair(14), pair(17))
        var end = 19
        var fraction = 0
        if text.count >= 23, bytes[19] == UInt8(ascii: ".") {
            let last = bytes[22] &- 48
            fraction = pair(20) &* 10 &+ Int(last)
            worst = max(worst, last)
            end = 23
        }
        if end < text.count, bytes[end] == UInt8(ascii: "Z") { end &+= 1 }
        let marks =
            bytes[4] == UInt8(ascii: "-") && bytes[7] == UInt8(ascii: "-")
            && bytes[10] == UInt8(ascii: "T") && bytes[13] == UInt8(ascii: ":")
            && bytes[16] == UInt8(ascii: ":")
        guard marks, worst <= 9, end == text.count, month &- 1 < 12, month > 0, day > 0, hour < 24,
            minute < 60,
            second < 60, day <= 28 || day <= Civil.daysInMonth(month, year: year)
        else { return nil }
        let days = Civil.days(year: year, month: month, day: day)
        let seconds = (days &* 24 &+ hour) &* 3600 &+ minute &* 60 &+ second
        return Int64(seconds &* 1000 &+ fraction)
    }

    public static func parse(_ text: String) -> Int64? {
        var text = text
        return text.withUTF8 { parse(UnsafeRawBufferPointer($0)) }
    }

    /// Days since the epoch of `2026-11-18`; nil when it is no date.
    public static func parseDate(_ text: UnsafeRawBufferPointer) -> Int32? {
        guard text.count == 10, let milliseconds = parse(text) else { return nil }
        return Int32(
            truncatingIfNeeded: milliseconds / Civil.millisecondsPerDay
                - (milliseconds % Civil.millisecondsPerDay < 0 ? 1 : 0))
    }

    /// Milliseconds of the day of `13:05`, `13:05:09` or `13:05:09.120`; nil when it is no time.
    public static func parseTime(_ text: UnsafeRawBufferPointer) -> Int32? {
        var reader = DigitReader(text: text)
        guard let hour = reader.number(2), reader.take(":"), let minute = reader.number(2), hour <= 23,
            minute <= 59
        else { return nil }
        var milliseconds = hour * 3_600_000 + minute * 60_000
        if reader.take(":") {
            guard let second = reader.number(2), second <= 59 else { return nil }
            milliseconds += second * 1000
            if reader.take(".") {
                guard let fraction = reader.fraction() else { return nil }
                milliseconds += fraction
            }
        }
        return reader.isAtEnd ? Int32(milliseconds) : nil
    }
}

private struct DigitReader {
    let text: UnsafeRawBufferPointer
    var index = 0

    init(text: UnsafeRawBufferPointer) { self.text = text }

    var isAtEnd: Bool { index == text.count }

    mutating func number(_ digits: Int) -> Int? {
        guard index + digits <= text.count else { return nil }
        var value = 0
        for offset in index..<index + digits {
            let digit = text[offset] &- 48
            guard digit <= 9 else { return nil }
            value = value * 10 + Int(digit)
        }
        index += digits
        return value
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < text.count, text[index] == UInt8(truncatingIfNeeded: character.value) else {
            return false
        }
        index += 1
        return true
    }

    /// 1 to 9 digits of a second's fraction, in milliseconds.
    mutating func fraction() -> Int? {
        var value = 0
        var digits = 0
        while index < text.count, text[index] >= 48, text[index] <= 57 {
            guard digits < 9 else { return nil }
            if digits < 3 { value = value * 10 + Int(text[index] - 48) }
            digits += 1
            index += 1
        }
        guard digits > 0 else { return nil }
        if digits == 1 { return value * 100 }
        return digits == 2 ? value * 10 : value
    }

    /// Offset from UTC in milliseconds; 0 when none is given.
    mutating func zone() -> Int64? {
        if isAtEnd || take("Z") || take("z") { return 0 }
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = number(2), hours <= 18 else { return nil }
        var minutes = 0
        if !isAtEnd {
            _ = take(":")
            guard let given = number(2), given <= 59 else { return nil }
            minutes = given
        }
        return sign * (Int64(hours) * 3_600_000 + Int64(minutes) * 60_000)
    }
}
