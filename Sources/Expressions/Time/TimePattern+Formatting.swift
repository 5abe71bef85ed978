import Columnar

extension TimePattern {
    /// How many bytes a text can have, the zone's name taken for at most 128.
    var longestText: Int {
        items.reduce(0) { sum, item in
            switch item {
            case .literal(let bytes): return sum + bytes.count
            case .number(_, let width): return sum + max(20, width)
            case .zone: return sum + 128
            default: return sum + 20
            }
        }
    }

    /// Writes an instant in milliseconds since the epoch as the zone's clocks show it, in at most
    /// `longestText` bytes; returns how many.
    func format(_ milliseconds: Int64, zone: ZoneRules, to target: UnsafeMutableRawPointer) -> Int {
        let offset = zone.offsetMilliseconds(at: milliseconds)
        let local = milliseconds &+ offset
        let days = Civil.floorDivide(local, Civil.millisecondsPerDay)
        let ofDay = Int(local &- days &* Civil.millisecondsPerDay)
        let (year, month, day) = Civil.date(days: Int(days))
        var text = ByteCursor(target)
        for item in items {
            switch item {
            case .literal(let bytes): text.append(bytes)
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
                text.append(value, width: width)
            case .shortYear: text.append((year % 100 + 100) % 100, width: 2)
            case .fraction(let digits):
                // Milliseconds are all there is: further digits are zeros.
                var nanos = ofDay % 1000 * 1_000_000
                for _ in digits..<9 { nanos /= 10 }
                text.append(nanos, width: digits)
            case .monthName(let isFull):
                text.append(TimePattern.months[month - 1].utf8.prefix(isFull ? .max : 3))
            case .weekday(let isFull):
                let weekday = Int(((days + 4) % 7 + 7) % 7)
                text.append(TimePattern.weekdays[weekday].utf8.prefix(isFull ? .max : 3))
            case .halfDay: text.append((ofDay < 43_200_000 ? "AM" : "PM").utf8)
            case .era: text.append((year > 0 ? "AD" : "BC").utf8)
            case .offset(let zeroIsZ, let minutes, let colon):
                if offset == 0, zeroIsZ {
                    text.append("Z".utf8)
                } else {
                    text.append(offset: Int(offset / 1000), minutes: minutes, colon: colon)
                }
            case .localOffset:
                text.append("GMT".utf8)
                if offset != 0 { text.append(offset: Int(offset / 1000), minutes: true, colon: true) }
            case .zone(let isIdentifier):
                let seconds = Civil.floorDivide(milliseconds, 1000)
                let name = isIdentifier ? zone.name : zone.kind(at: seconds).abbreviation
                text.append(name.utf8.prefix(128))
            }
        }
        return text.count
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

    /// Writes bytes one behind the other into memory that is large enough.
    private struct ByteCursor {
        private let start: UnsafeMutableRawPointer
        private(set) var count = 0

        init(_ start: UnsafeMutableRawPointer) { self.start = start }

        mutating func append(_ bytes: some Sequence<UInt8>) {
            for byte in bytes {
                start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
                count += 1
            }
        }

        mutating func append(_ value: Int, width: Int) {
            if value < 0 { append("-".utf8) }
            let magnitude = UInt64(value.magnitude)
            let digits = max(width, NumberText.digits(magnitude))
            NumberText.writeDigits(magnitude, digits, to: start + count)
            count += digits
        }

        mutating func append(offset seconds: Int, minutes: Bool, colon: Bool) {
            append((seconds < 0 ? "-" : "+").utf8)
            let magnitude = abs(seconds)
            append(magnitude / 3600, width: 2)
            if minutes || magnitude % 3600 != 0 {
                if colon { append(":".utf8) }
                append(magnitude / 60 % 60, width: 2)
            }
        }
    }
}
