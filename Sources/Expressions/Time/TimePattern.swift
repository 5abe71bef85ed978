import Columnar

/// A date and time pattern in Java's letters, compiled: `yyyy-MM-dd'T'HH:mm:ss.SSSX`.
///
/// | letters | meaning |
/// |---|---|
/// | y u | year; two of them are its last two digits |
/// | M L, d, D | month (three letters its short name, four its name), day of the month, of the year |
/// | E | weekday's short name, four letters its name |
/// | H k K h a | hour 0–23, 1–24, 0–11, 1–12, AM or PM |
/// | m s S n A | minute, second, fraction of as many digits, nanosecond, millisecond of the day |
/// | X x Z O | offset from UTC; V z the zone |
/// | G Q q | era, quarter |
///
/// One letter takes as many digits as there are; more of them are a fixed width. Text stands in single
/// quotes.
struct TimePattern: Sendable {
    enum Field: Sendable {
        case year, month, day, dayOfYear, hour, hour1To24, hour0To11, hour1To12, minute, second, nano
        case millisecondOfDay, quarter
    }

    enum Item: Sendable {
        case literal([UInt8])
        case number(Field, width: Int)
        case shortYear
        case fraction(digits: Int)
        case monthName(isFull: Bool)
        case weekday(isFull: Bool)
        case halfDay
        case era
        /// Whether zero is `Z`; whether minutes are always there; whether there is a colon.
        case offset(zeroIsZ: Bool, minutes: Bool, colon: Bool)
        /// `GMT+02:00`.
        case localOffset
        case zone(isIdentifier: Bool)
    }

    let items: [Item]

    /// nil when a letter has no meaning or a quote does not end.
    init?(_ pattern: String) {
        var items: [Item] = []
        var literal: [UInt8] = []
        let characters = Array(pattern.unicodeScalars)
        var index = 0
        while index < characters.count {
            let character = characters[index]
            if character == "'" {
                guard let end = TimePattern.quoted(characters, index, into: &literal) else { return nil }
                index = end
                continue
            }
            let isLetter = (character >= "a" && character <= "z") || (character >= "A" && character <= "Z")
            guard isLetter else {
                // Brackets mark optional parts, which are not known here.
                if character == "[" || character == "]" || character == "{" || character == "}" { return nil }
                literal += Array(String(character).utf8)
                index += 1
                continue
            }
            var width = 1
            while index + width < characters.count, characters[index + width] == character { width += 1 }
            guard let item = TimePattern.item(character, width) else { return nil }
            if !literal.isEmpty { items.append(.literal(literal)) }
            literal = []
            items.append(item)
            index += width
        }
        if !literal.isEmpty { items.append(.literal(literal)) }
        self.items = items
    }

    /// Appends the text behind the quote at `start`; returns where it ends. Two quotes are one.
    private static func quoted(
        _ characters: [Unicode.Scalar], _ start: Int, into literal: inout [UInt8]
    ) -> Int? {
        var index = start + 1
        if index < characters.count, characters[index] == "'" {
            literal.append(UInt8(ascii: "'"))
            return index + 1
        }
        while index < characters.count {
            if characters[index] == "'" {
                guard index + 1 < characters.count, characters[index + 1] == "'" else { return index + 1 }
                index += 1
            }
            literal += Array(String(characters[index]).utf8)
            index += 1
        }
        return nil
    }

    private static func item(_ letter: Unicode.Scalar, _ width: Int) -> Item? {
        switch letter {
        case "y", "u": return width == 2 ? .shortYear : .number(.year, width: width)
        case "M", "L":
            return width <= 2
                ? .number(.month, width: width) : width <= 4 ? .monthName(isFull: width == 4) : nil
        case "E": return width <= 4 ? .weekday(isFull: width == 4) : nil
        case "a": return width == 1 ? .halfDay : nil
        case "G": return width <= 3 ? .era : nil
        case "S": return width <= 9 ? .fraction(digits: width) : nil
        case "n": return .number(.nano, width: width)
        case "A": return .number(.millisecondOfDay, width: width)
        case "D": return width <= 3 ? .number(.dayOfYear, width: width) : nil
        case "X", "x":
            return width <= 3
                ? .offset(zeroIsZ: letter == "X", minutes: width > 1, colon: width == 3) : nil
        case "Z":
            if width == 4 { return .localOffset }
            return width <= 3
                ? .offset(zeroIsZ: false, minutes: true, colon: false)
                : width == 5 ? .offset(zeroIsZ: true, minutes: true, colon: true) : nil
        case "O": return .localOffset
        case "V": return width == 2 ? .zone(isIdentifier: true) : nil
        case "z": return width <= 4 ? .zone(isIdentifier: false) : nil
        case "Q", "q": return width <= 2 ? .number(.quarter, width: width) : nil
        default:
            guard width <= 2, let field = twoDigits[letter] else { return nil }
            return .number(field, width: width)
        }
    }

    private static let twoDigits: [Unicode.Scalar: Field] = [
        "d": .day, "H": .hour, "k": .hour1To24, "K": .hour0To11, "h": .hour1To12, "m": .minute,
        "s": .second,
    ]

    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]
    static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
}
