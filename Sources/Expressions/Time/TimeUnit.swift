import Columnar

/// A unit of time, as TIMESTAMPADD and its kin name it.
enum TimeUnit: Sendable {
    case milliseconds(Int64)
    /// Calendar months, whose length varies.
    case months(Int64)

    /// Singular or plural, in any case.
    init?(_ name: String) {
        switch name.uppercased() {
        case "MILLISECOND", "MILLISECONDS": self = .milliseconds(1)
        case "SECOND", "SECONDS": self = .milliseconds(1000)
        case "MINUTE", "MINUTES": self = .milliseconds(60_000)
        case "HOUR", "HOURS": self = .milliseconds(3_600_000)
        case "DAY", "DAYS": self = .milliseconds(Civil.millisecondsPerDay)
        case "WEEK", "WEEKS": self = .milliseconds(7 * Civil.millisecondsPerDay)
        case "MONTH", "MONTHS": self = .months(1)
        case "YEAR", "YEARS": self = .months(12)
        default: return nil
        }
    }

    /// The time `amount` units later; nil when it leaves the range. Months end on their last day where the
    /// day is missing.
    func add(_ amount: Int64, to time: Int64) -> Int64? {
        switch self {
        case .milliseconds(let unit):
            let (span, overflow) = unit.multipliedReportingOverflow(by: amount)
            let (sum, carried) = time.addingReportingOverflow(span)
            return overflow || carried ? nil : sum
        case .months(let unit):
            let days = Civil.floorDivide(time, Civil.millisecondsPerDay)
            let (year, month, day) = Civil.date(days: Int(days))
            let months = Int64(year) * 12 + Int64(month - 1) + unit * amount
            guard months.magnitude < 12 * 200_000_000 else { return nil }
            let newYear = Int(Civil.floorDivide(months, 12))
            let newMonth = Int(months - Int64(newYear) * 12) + 1
            let newDay = min(day, Civil.daysInMonth(newMonth, year: newYear))
            let newDays = Int64(Civil.days(year: newYear, month: newMonth, day: newDay))
            return newDays * Civil.millisecondsPerDay + (time - days * Civil.millisecondsPerDay)
        }
    }
}
