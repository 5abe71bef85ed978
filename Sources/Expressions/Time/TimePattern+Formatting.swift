import Columnar

extension TimePattern {
    /// The text of an instant in milliseconds since the epoch, as the zone's clocks show it.
    func format(_ milliseconds: Int64, zone: ZoneRules, into text: inout [UInt8]) {
        let offset = zone.offsetMilliseconds(at: milliseconds)
        let local = milliseconds &+ offset
        let days = Civil.floorDivide(local, Civil.millisecondsPerDay)
        let ofDay = Int(local &- days &* Civil.millisecondsPerDay)
        let (year, month, day) = Civil.date(days: Int(days))
        for item in items {
            switch item {
            case .literal(let bytes): text += bytes
            case .number(let field, let width):
                let value: Int
                switch field {
                case .year: value = year
                case .month: value = month
                case .day: value = day
                case .dayOfYear: value = Int(days) - Civil.days(year: year, month: 1, day: 1) + 1
                case .quarter: value = (month + 2) / 3
                default: value = TimePattern.clock(field, ofDay)
                }
                TimePattern.append(value, width: width, to: &text)
            case .shortYear: TimePattern.append((year % 100 + 100) % 100, width: 2, to: &text)
            case .fraction(let digits):
                // Milliseconds are all there is: further digits are zeros.
                var nanos = ofDay % 1000 * 1_000_000
                for _ in digits..<9 { nanos /= 10 }
                TimePattern.append(nanos, width: digits, to: &text)
            case .monthName(let isFull):
                text += TimePattern.months[month - 1].utf8.prefix(isFull ? .max : 3)
            case .weekday(let isFull):
                let weekday = Int(((days + 4) % 7 + 7) % 7)
                text += TimePattern.weekdays[weekday].utf8.prefix(isFull ? .max : 3)
            case .halfDay: text += Array((ofDay < 43_200_000 ? "AM" : "PM").utf8)
            case .era: text += Array((year > 0 ? "AD" : "BC").utf8)
            case .offset(let zeroIsZ, let minutes, let colon):
                if offset == 0, zeroIsZ {
                    text.append(UInt8(ascii: "Z"))
                } else {
                    TimePattern.append(offset: Int(offset / 1000), minutes: minutes, colon: colon, to: &text)
                }
            case .localOffset:
                text += Array("GMT".utf8)
                if offset != 0 {
                    TimePattern.append(offset: Int(offset / 1000), minutes: true, colon: true, to: &text)
                }
            case .zone(let isIdentifier):
                let seconds = Civil.floorDivide(milliseconds, 1000)
                text += Array((isIdentifier ? zone.name : zone.kind(at: seconds).abbreviation).utf8)
            }
        }
    }

    private static func clock(_ field: Field, _ ofDay: Int) -> Int {
        let hour = ofDay / 3_600_000
        switch field {
        case .hour: return hour
        case .hour1To24: return hour == 0 ? 24 : hour
        case .hour0To11: return hour % 12
        case .hour1To12: return hour % 12 == 0 ? 12 : hour % 12
        case .minute: return ofDay / 60_000 % 60
        case .second: return ofDay / 1000 % 60
        case .nano: return ofDay % 1000 * 1_000_000
        default: return ofDay
        }
    }

    private static func append(_ value: Int, width: Int, to text: inout [UInt8]) {
        if value < 0 { text.append(UInt8(ascii: "-")) }
        let digits = String(value.magnitude).utf8
        for _ in 0..<max(0, width - digits.count) { text.append(48) }
        text += digits
    }

    private static func append(offset seconds: Int, minutes: Bool, colon: Bool, to text: inout [UInt8]) {
        text.append(seconds < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        let magnitude = abs(seconds)
        append(magnitude / 3600, width: 2, to: &text)
        if minutes || magnitude % 3600 != 0 {
            if colon { text.append(UInt8(ascii: ":")) }
            append(magnitude / 60 % 60, width: 2, to: &text)
        }
    }
}
