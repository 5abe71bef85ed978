import Columnar

/// The rule at the end of a zone file, for all later years, such as `PST8PDT,M3.2.0,M11.1.0` (POSIX TZ).
struct DaylightRule: Sendable {
    private let standard: ZoneRules.Kind
    private let daylight: ZoneRules.Kind?
    private let start: Change
    private let end: Change

    /// `M3.2.0/2`: the second Sunday of March at 2 o'clock.
    private struct Change: Sendable {
        var month = 1
        var week = 1
        var weekday = 0
        var seconds = 7200

        /// Seconds since the epoch in local time of the change in a year.
        func local(in year: Int) -> Int64 {
            let first = Civil.days(year: year, month: month, day: 1)
            // 1970-01-01 was a Thursday.
            let firstWeekday = ((first + 4) % 7 + 7) % 7
            var day = 1 + (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
            while day > Civil.daysInMonth(month, year: year) { day -= 7 }
            return Int64(first + day - 1) * 86_400 + Int64(seconds)
        }
    }

    init?(_ text: String) {
        var rest = Substring(text)
        guard let standardName = DaylightRule.name(&rest), let offset = DaylightRule.time(&rest) else {
            return nil
        }
        standard = ZoneRules.Kind(offset: -offset, abbreviation: standardName)
        guard let daylightName = DaylightRule.name(&rest) else {
            (daylight, start, end) = (nil, Change(), Change())
            return
        }
        let daylightOffset = rest.first == "," ? offset - 3600 : DaylightRule.time(&rest) ?? offset - 3600
        daylight = ZoneRules.Kind(offset: -daylightOffset, abbreviation: daylightName)
        guard let start = DaylightRule.change(&rest), let end = DaylightRule.change(&rest) else { return nil }
        self.start = start
        self.end = end
    }

    func kind(at seconds: Int64) -> ZoneRules.Kind {
        guard let daylight else { return standard }
        let (year, _, _) = Civil.date(
            days: Int(Civil.floorDivide(seconds + Int64(standard.offset), 86_400)))
        let begins = start.local(in: year) - Int64(standard.offset)
        let ends = end.local(in: year) - Int64(daylight.offset)
        let isDaylight =
            begins < ends ? seconds >= begins && seconds < ends : seconds >= begins || seconds < ends
        return isDaylight ? daylight : standard
    }

    private static func name(_ text: inout Substring) -> String? {
        if text.first == "<" {
            guard let end = text.firstIndex(of: ">") else { return nil }
            let name = text[text.index(after: text.startIndex)..<end]
            text = text[text.index(after: end)...]
            return String(name)
        }
        let name = text.prefix { $0.isLetter }
        text = text.dropFirst(name.count)
        return name.isEmpty ? nil : String(name)
    }

    /// `8`, `-5:30`, `2:00:00` in seconds.
    private static func time(_ text: inout Substring) -> Int? {
        let token = text.prefix { $0.isNumber || $0 == "-" || $0 == "+" || $0 == ":" }
        guard !token.isEmpty else { return nil }
        text = text.dropFirst(token.count)
        let parts = token.drop { $0 == "-" || $0 == "+" }.split(separator: ":").map { Int($0) ?? 0 }
        guard let hours = parts.first, hours < 168 else { return nil }
        let seconds = hours * 3600 + (parts.count > 1 ? parts[1] * 60 : 0) + (parts.count > 2 ? parts[2] : 0)
        return token.first == "-" ? -seconds : seconds
    }

    private static func change(_ text: inout Substring) -> Change? {
        guard text.hasPrefix(",M") else { return nil }
        text = text.dropFirst(2)
        let date = text.prefix { $0.isNumber || $0 == "." }
        text = text.dropFirst(date.count)
        let numbers = date.split(separator: ".").compactMap { Int($0) }
        guard numbers.count == 3, (1...12).contains(numbers[0]), (1...5).contains(numbers[1]),
            (0...6).contains(numbers[2])
        else { return nil }
        var change = Change(month: numbers[0], week: numbers[1], weekday: numbers[2])
        if text.first == "/" {
            text = text.dropFirst()
            guard let seconds = time(&text) else { return nil }
            change.seconds = seconds
        }
        return change
    }
}
