import TestKit

/// Random JSON records: mostly as a program would write them, some of them damaged.
struct RecordGenerator {
    /// How the records of one run look alike.
    struct Style {
        let separator: String
        let colon: String
        let shuffles: Bool
        let damage: Int
        let oddity: Int
        let ends: [String]

        /// Whether most records look like those before.
        var keepsLayout: Bool {
            !shuffles && damage > 5 && oddity > 3 && separator != " , "
                && ends.allSatisfy { $0.count < 2 && $0 != " " }
        }

        init(random: inout SeededGenerator) {
            separator = random.pick([",", ",", ",", ", ", ", ", " , "])
            colon = random.pick([":", ":", ": "])
            shuffles = random.once(in: 4)
            damage = random.pick([5, 40, 1000])
            oddity = random.pick([3, 20, 200])
            ends = random.pick([[""], ["\r"], ["", "\r", " ", "\r\r"]])
        }
    }

    var random: SeededGenerator

    mutating func line(_ style: Style) -> [UInt8] {
        if random.once(in: 60) {
            return Array(random.pick(["", " ", "\r", "[1]", "null", "1", "{}", "{ }"]).utf8)
        }
        // Most records fit, as most records do: else prediction would have nothing to do.
        let odd = random.once(in: style.oddity)
        var members: [(String, String)] = [
            ("id", quoted(text())), ("n", odd ? integer() : String(random.below(2_000_000) - 1_000_000)),
            ("big", odd ? integer() : String(random.below(1 << 60))), ("price", odd ? number() : amount()),
            ("money", odd ? number() : amount()),
            ("ok", random.pick(["true", "false", "null", "\"TRUE\""])),
            ("at", time(isOdd: odd)), ("Tag", quoted(random.pick(["view", "click", "purchase"]))),
            ("list", list()), ("a key that is longer than sixteen bytes", quoted(text())),
            ("raw", quoted(random.pick(["", "AQID", "AQI=", "AA=="]))), ("other", anything(depth: 0)),
            ("yet another key that nobody wants", quoted(text())),
        ]
        members.removeAll { _ in random.once(in: 20) }
        if random.once(in: style.oddity) { oddity(&members) }
        if style.shuffles { members.shuffle(using: &random) }
        let body = members.map { "\"\($0.0)\"\(style.colon)\($0.1)" }.joined(separator: style.separator)
        var bytes = Array(("{" + body + "}" + random.pick(style.ends)).utf8)
        if random.once(in: style.damage) { damage(&bytes) }
        return bytes
    }

    private mutating func oddity(_ members: inout [(String, String)]) {
        guard let index = members.indices.randomElement(using: &random) else { return }
        switch random.below(8) {
        case 0: members[index].1 = anything(depth: 0)
        case 1: members.append((members[index].0, anything(depth: 0)))
        case 2: members[index].0 = members[index].0.uppercased()
        case 3: members.append((members[index].0.uppercased(), members[index].1))
        case 4: members[index].0 = members[index].0.utf8.map { escape(UInt32($0)) }.joined()
        case 5: members[index].1 = " " + members[index].1 + " "
        case 6: members.insert(("new" + String(random.below(5)), anything(depth: 0)), at: index)
        default: members.shuffle(using: &random)
        }
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = random.below(bytes.count)
        switch random.below(5) {
        case 0: bytes.removeSubrange(place...)
        case 1: bytes[place] = UInt8(random.below(256))
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(random.pick(Array("\"\\{}[],:0e.- \n\u{1}".utf8)), at: place)
        default: bytes.append(contentsOf: Array(random.pick([" x", "}", "{}", ",", "\\"]).utf8))
        }
    }

    private func escape(_ unit: UInt32) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    mutating func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20: result += escape(scalar.value)
            case _ where random.once(in: 30) && scalar.value < 0x10000: result += escape(scalar.value)
            case _ where random.once(in: 4) && scalar.value >= 0x10000:
                result += String(scalar).utf16.map { escape(UInt32($0)) }.joined()
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    mutating func text() -> String {
        let plain = "abcdefghijklmnopqrstuvwxyz0123456789-_/ ."
        let wide = "äöüßéñ日本語😀🇩🇪\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10FFFF}"
        let hard = "\"\\\n\t\u{0}\u{1F}/"
        var result = ""
        for _ in 0..<random.pick([0, 1, 3, 7, 8, 11, 12, 13, 16, 24, 36, 60]) {
            let source = random.once(in: 40) ? hard : random.once(in: 30) ? wide : plain
            result.unicodeScalars.append(random.pick(Array(source.unicodeScalars)))
        }
        return result
    }

    mutating func integer() -> String {
        let text = digits(random.pick([1, 1, 2, 3, 5, 9, 10, 11, 18, 19, 20, 25]))
        let signed = (random.once(in: 4) ? "-" : "") + text
        if random.once(in: 20) {
            return random.pick(["\(signed).0", "\(signed)e0", "\"\(signed)\"", "\(signed).5"])
        }
        return signed
    }

    private mutating func amount() -> String {
        let text = "\(random.below(100_000)).\(random.below(10_000))"
        return random.once(in: 5) ? "-" + text : random.once(in: 9) ? "\"\(text)\"" : text
    }

    mutating func number() -> String {
        var text = (random.once(in: 5) ? "-" : "") + digits(random.pick([1, 2, 3, 6, 12, 20, 40]))
        if !random.once(in: 4) {
            text +=
                "."
                + String(
                    (0..<random.pick([1, 2, 3, 4, 8, 17, 30])).map { _ in
                        random.pick(Array("0123456789"))
                    })
        }
        if random.once(in: 6) {
            text +=
                random.pick(["e", "E"]) + random.pick(["", "+", "-"])
                + random.pick(["0", "1", "5", "22", "23", "300", "400"])
        }
        return random.once(in: 12) ? "\"\(text)\"" : text
    }

    private mutating func digits(_ count: Int) -> String {
        var text = String((0..<count).map { _ in random.pick(Array("0123456789")) })
        while text.hasPrefix("0") && text.count > 1 { text.removeFirst() }
        return text
    }

    private mutating func time(isOdd: Bool) -> String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        if !isOdd && !random.once(in: 5) {
            let day = "2026-11-1\(random.below(10))"
            let clock = "\(two(random.below(24))):\(two(random.below(60))):\(two(random.below(60)))"
            return random.pick(["\"\(day)T\(clock).\(100 + random.below(900))Z\"", "\"\(day) \(clock)\""])
        }
        let date = "2026-\(two(random.below(13)))-\(two(random.once(in: 30) ? 31 : random.below(3) + 17))"
        let seconds = two(random.once(in: 40) ? 60 : random.below(60))
        let clock = "\(two(random.below(24))):\(two(random.below(60))):\(seconds)"
        switch random.below(8) {
        case 0: return String(random.below(2_000_000_000_000))
        case 1: return "\"\(date) \(clock)\""
        case 2: return "\"\(date)\""
        case 3: return "\"\(date)T\(clock)Z\""
        case 4: return "\"\(date)T\(clock).\(random.below(1_000_000))+02:00\""
        default:
            let milliseconds = String(1000 + random.below(1000)).dropFirst()
            return "\"\(date)T\(clock).\(milliseconds)Z\""
        }
    }

    private mutating func list() -> String {
        "["
            + (0..<random.below(4)).map { _ in random.once(in: 10) ? "null" : String(random.below(1000)) }
            .joined(separator: random.pick([",", ", "])) + "]"
    }

    mutating func anything(depth: Int) -> String {
        switch random.below(depth > 3 ? 6 : 8) {
        case 0: return "null"
        case 1: return "true"
        case 2: return integer()
        case 3: return number()
        case 4, 5: return quoted(text())
        case 6:
            return "[" + (0..<random.below(4)).map { _ in anything(depth: depth + 1) }.joined(separator: ", ")
                + "]"
        default:
            return "{"
                + (0..<random.below(4)).map { _ in quoted(text()) + ": " + anything(depth: depth + 1) }
                .joined(separator: " ,") + "}"
        }
    }
}
