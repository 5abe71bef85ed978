/// Calendar arithmetic in the proleptic Gregorian calendar, UTC, without locale or time zone data.
public enum Civil {
    public static let millisecondsPerDay: Int64 = 86_400_000

    /// Days from 1970-01-01 to the date. Any year is allowed; month and day must be in range.
    ///
    /// The algorithm counts eras of 400 years of 146,097 days from 0000-03-01.
    @inlinable public static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The date that is `days` after 1970-01-01.
    @inlinable public static func date(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    @inlinable public static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    @inlinable public static func daysInMonth(_ month: Int, year: Int) -> Int {
        switch month {
        case 2: return isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    /// `2026-11-20`, from days since the epoch.
    public static func dateText(days: Int) -> String {
        let (year, month, day) = date(days: days)
        return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
    }

    /// `13:05:09.120`, from milliseconds of the day; the fraction is left out when it is zero.
    public static func timeText(milliseconds: Int) -> String {
        let seconds = milliseconds / 1000
        let text =
            padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2)
        return milliseconds % 1000 == 0 ? text : text + "." + padded(milliseconds % 1000, 3)
    }

    /// `2026-11-20T13:05:09.120`, always with three digits of fraction, UTC without a suffix.
    public static func timestampText(milliseconds: Int64) -> String {
        let days = floorDivide(milliseconds, millisecondsPerDay)
        let rest = Int(milliseconds - days * millisecondsPerDay)
        let seconds = rest / 1000
        return dateText(days: Int(days)) + "T" + padded(seconds / 3600, 2) + ":"
            + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2) + "." + padded(rest % 1000, 3)
    }

    @inlinable public static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value.magnitude)
        let zeros = max(0, width - digits.utf8.count)
        return (value < 0 ? "-" : "") + String(repeating: "0", count: zeros) + digits
    }
}
