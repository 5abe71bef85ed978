import Columnar

extension TimePattern {
    /// What a text says; what it leaves out is nil.
    struct Parsed {
        var year: Int?
        var month: Int?
        var day: Int?
        var dayOfYear: Int?
        var hour: Int?
        var hourOfHalf: Int?
        var isAfternoon: Bool?
        var minute: Int?
        var second: Int?
        var nanos: Int?
        var millisecondOfDay: Int?
        /// Seconds.
        var offset: Int?
        var zone: ZoneRules?
        var isBeforeChrist = false

        /// Days since the epoch; 1970, January and the 1st stand for what is missing. nil for an impossible
        /// date.
        var days: Int? {
            let givenYear = year ?? 1970
            let year = isBeforeChrist ? 1 - givenYear : givenYear
            guard abs(year) < 100_000_000 else { return nil }
            if let dayOfYear {
                guard dayOfYear >= 1, dayOfYear <= (Civil.isLeap(year) ? 366 : 365) else { return nil }
                return Civil.days(year: year, month: 1, day: 1) + dayOfYear - 1
            }
            let (month, day) = (month ?? 1, day ?? 1)
            guard (1...12).contains(month), day >= 1, day <= Civil.daysInMonth(month, year: year)
            else { return nil }
            return Civil.days(year: year, month: month, day: day)
        }

        /// Milliseconds of the day; 0 stands for what is missing. nil for an impossible time.
        var ofDay: Int? {
            if let millisecondOfDay { return millisecondOfDay < 86_400_000 ? millisecondOfDay : nil }
            var hour = hour ?? 0
            if let hourOfHalf { hour = hourOfHalf + (isAfternoon == true ? 12 : 0) }
            let (minute, second) = (minute ?? 0, second ?? 0)
            if isEndOfDay { return 0 }
            guard hour < 24, minute < 60, second < 60 else { return nil }
            return (hour * 3600 + minute * 60 + second) * 1000 + (nanos ?? 0) / 1_000_000
        }

        /// 24:00, which is the next day's midnight.
        private var isEndOfDay: Bool {
            hour == 24 && minute ?? 0 == 0 && second ?? 0 == 0 && nanos ?? 0 == 0
        }

        /// Milliseconds since the epoch; `zone` holds unless the text says another.
        func instant(zone defaultZone: ZoneRules) -> Int64? {
            guard let days, let ofDay else { return nil }
            let local = Int64(days + (isEndOfDay ? 1 : 0)) * Civil.millisecondsPerDay + Int64(ofDay)
            if let offset { return local - Int64(offset) * 1000 }
            return (zone ?? defaultZone).instant(ofLocal: local)
        }
    }

    /// nil when the text does not follow the pattern to its end.
    ///
    /// - Parameter ignoresRest: takes text behind what the pattern covers.
    func parse(_ text: UnsafeRawBufferPointer, ignoresRest: Bool = false) -> Parsed? {
        var parsed = Parsed()
        var position = 0
        for (index, item) in items.enumerated() {
            guard parse(item, at: index, text, &position, into: &parsed) else { return nil }
        }
        return ignoresRest || position == text.count ? parsed : nil
    }

    private func parse(
        _ item: Item, at index: Int, _ text: UnsafeRawBufferPointer, _ position: inout Int,
        into parsed: inout Parsed
    ) -> Bool {
        switch item {
        case .literal(let bytes):
            return TimePattern.take(bytes, text, &position)
        case .number(let field, let width):
            // A number that another follows at once has exactly its width.
            let isOpen = width == 1 || (field == .year && width >= 4)
            let widest = isOpen && !isNumber(index + 1) ? 19 : max(width, isOpen && width == 1 ? 1 : width)
            guard let value = TimePattern.number(text, &position, least: width, most: widest) else {
                return false
            }
            return TimePattern.store(value, field, into: &parsed)
        case .shortYear:
            guard let value = TimePattern.number(text, &position, least: 2, most: 2) else { return false }
            parsed.year = 2000 + value
        case .fraction(let digits):
            guard var value = TimePattern.number(text, &position, least: digits, most: digits) else {
                return false
            }
            for _ in digits..<9 { value *= 10 }
            parsed.nanos = value
        case .monthName(let isFull):
            let month = TimePattern.name(TimePattern.months, isFull, text, &position)
            parsed.month = month.map { $0 + 1 }
            return month != nil
        case .weekday(let isFull):
            return TimePattern.name(TimePattern.weekdays, isFull, text, &position) != nil
        case .halfDay:
            let half = TimePattern.name(["AM", "PM"], true, text, &position)
            parsed.isAfternoon = half == 1
            return half != nil
        case .era:
            let era = TimePattern.name(["AD", "BC"], true, text, &position)
            parsed.isBeforeChrist = era == 1
            return era != nil
        case .offset, .localOffset:
            if case .localOffset = item, !TimePattern.take(Array("GMT".utf8), text, &position) {
                return false
            }
            guard let offset = TimePattern.offset(item, text, &position) else { return false }
            parsed.offset = offset
        case .zone:
            let start = position
            while position < text.count, text[position] > 32 { position += 1 }
            let name = String(decoding: text[start..<position], as: UTF8.self)
            guard let zone = ZoneRules.named(name) else { return false }
            parsed.zone = zone
        }
        return true
    }

    private func isNumber(_ index: Int) -> Bool {
        guard index < items.count else { return false }
        switch items[index] {
        case .number, .shortYear, .fraction: return true
        default: return false
        }
    }

    private static func store(_ value: Int, _ field: Field, into parsed: inout Parsed) -> Bool {
        switch field {
        case .year: parsed.year = value
        case .month: parsed.month = value
        case .day: parsed.day = value
        case .dayOfYear: parsed.dayOfYear = value
        case .hour: parsed.hour = value
        case .hour1To24:
            guard value >= 1, value <= 24 else { return false }
            parsed.hour = value % 24
        case .hour0To11:
            guard value <= 11 else { return false }
            parsed.hourOfHalf = value
        case .hour1To12:
            guard value >= 1, value <= 12 else { return false }
            parsed.hourOfHalf = value % 12
        case .minute: parsed.minute = value
        case .second: parsed.second = value
        case .nano: parsed.nanos = min(value, 999_999_999)
        case .millisecondOfDay: parsed.millisecondOfDay = value
        case .quarter: if parsed.month == nil { parsed.month = value * 3 - 2 }
        }
        return true
    }

    // MARK: Tokens

    private static func take(
        _ bytes: [UInt8], _ text: UnsafeRawBufferPointer, _ position: inout Int
    ) -> Bool {
        guard position + bytes.count <= text.count,
            zip(text[position..<position + bytes.count], bytes).allSatisfy({ lower($0) == lower($1) })
        else { return false }
        position += bytes.count
        return true
    }

    /// Letters count in any case, names and literals alike.
    private static func lower(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }

    private static func number(
        _ text: UnsafeRawBufferPointer, _ position: inout Int, least: Int, most: Int
    ) -> Int? {
        var value = 0
        var digits = 0
        while digits < most, position < text.count, text[position] &- 48 <= 9 {
            guard value < 1_000_000_000_000 else { return nil }
            value = value * 10 + Int(text[position] - 48)
            position += 1
            digits += 1
        }
        return digits >= max(1, least) ? value : nil
    }

    /// The index of the name that stands here, in any case.
    private static func name(
        _ names: [String], _ isFull: Bool, _ text: UnsafeRawBufferPointer, _ position: inout Int
    ) -> Int? {
        for (index, name) in names.enumerated() {
            let wanted = isFull ? Array(name.utf8) : Array(name.utf8.prefix(3))
            guard position + wanted.count <= text.count else { continue }
            let given = text[position..<position + wanted.count]
            if zip(given, wanted).allSatisfy({ lower($0) == lower($1) }) {
                position += wanted.count
                return index
            }
        }
        return nil
    }

    private static func offset(
        _ item: Item, _ text: UnsafeRawBufferPointer, _ position: inout Int
    ) -> Int? {
        guard position < text.count else {
            if case .localOffset = item { return 0 }
            return nil
        }
        if case .offset(zeroIsZ: true, _, _) = item, text[position] | 0x20 == UInt8(ascii: "z") {
            position += 1
            return 0
        }
        let isNegative = text[position] == UInt8(ascii: "-")
        guard isNegative || text[position] == UInt8(ascii: "+") else { return nil }
        position += 1
        guard let hours = number(text, &position, least: 2, most: 2), hours <= 18 else { return nil }
        var minutes = 0
        var wantsMinutes = true
        var colon = true
        if case .offset(_, let given, let hasColon) = item { (wantsMinutes, colon) = (given, hasColon) }
        let follows = position < text.count && text[position] &- 48 <= 9
        if wantsMinutes || follows {
            if colon, !take([UInt8(ascii: ":")], text, &position) { return nil }
            guard let given = number(text, &position, least: 2, most: 2), given < 60 else { return nil }
            minutes = given
        }
        return (isNegative ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}
