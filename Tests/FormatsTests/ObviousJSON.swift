/// A slow JSON parser without any cleverness, against which the fast ones are held.
indirect enum ObviousJSON: Equatable {
    case null
    case boolean(Bool)
    case number(String)
    case string([UInt8])
    /// With the bytes it was read from.
    case array([ObviousJSON], source: [UInt8])
    case object([(name: [UInt8], value: ObviousJSON)], source: [UInt8])

    static func == (left: ObviousJSON, right: ObviousJSON) -> Bool {
        switch (left, right) {
        case (.null, .null): return true
        case (.boolean(let a), .boolean(let b)): return a == b
        case (.number(let a), .number(let b)): return a == b
        case (.string(let a), .string(let b)): return a == b
        case (.array(let a, _), .array(let b, _)): return a == b
        case (.object(let a, _), .object(let b, _)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.name == $1.name && $0.value == $1.value }
        default: return false
        }
    }

    /// nil when the text is no JSON document.
    static func parse(_ bytes: [UInt8]) -> ObviousJSON? {
        // The validity of all text is judged by the standard library, once, for the whole.
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var parser = Parser(rest: bytes[...])
        parser.blanks()
        guard let value = parser.value(depth: 0) else { return nil }
        parser.blanks()
        return parser.rest.isEmpty ? value : nil
    }

    /// The text without white space, strings and numbers as they were: what a STRING column holds of a
    /// structure.
    static func compact(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var isInString = false
        var isEscaped = false
        for byte in bytes {
            if !isInString && [0x20, 0x09, 0x0A, 0x0D].contains(byte) { continue }
            result.append(byte)
            if isEscaped {
                isEscaped = false
            } else if isInString && byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString.toggle()
            }
        }
        return result
    }

    struct Parser {
        var rest: ArraySlice<UInt8>

        mutating func blanks() { rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }

        mutating func take(_ text: String) -> Bool {
            guard rest.starts(with: text.utf8) else { return false }
            rest = rest.dropFirst(text.utf8.count)
            return true
        }

        mutating func value(depth: Int) -> ObviousJSON? {
            if take("null") { return .null }
            if take("true") { return .boolean(true) }
            if take("false") { return .boolean(false) }
            if rest.first == UInt8(ascii: "\"") { return string().map { .string($0) } }
            if rest.first == UInt8(ascii: "[") { return depth < 512 ? array(depth: depth) : nil }
            if rest.first == UInt8(ascii: "{") { return depth < 512 ? object(depth: depth) : nil }
            return number().map { .number($0) }
        }

        mutating func array(depth: Int) -> ObviousJSON? {
            let source = rest
            _ = take("[")
            blanks()
            if take("]") { return .array([], source: read(of: source)) }
            var elements: [ObviousJSON] = []
            while true {
                blanks()
                guard let element = value(depth: depth + 1) else { return nil }
                elements.append(element)
                blanks()
                if take("]") { return .array(elements, source: read(of: source)) }
                guard take(",") else { return nil }
            }
        }

        /// What has been read since `source` was the rest.
        func read(of source: ArraySlice<UInt8>) -> [UInt8] { Array(source.dropLast(rest.count)) }

        mutating func object(depth: Int) -> ObviousJSON? {
            let source = rest
            _ = take("{")
            blanks()
            if take("}") { return .object([], source: read(of: source)) }
            var members: [(name: [UInt8], value: ObviousJSON)] = []
            while true {
                blanks()
                guard rest.first == UInt8(ascii: "\""), let name = string() else { return nil }
                blanks()
                guard take(":") else { return nil }
                blanks()
                guard let value = value(depth: depth + 1) else { return nil }
                members.append((name, value))
                blanks()
                if take("}") { return .object(members, source: read(of: source)) }
                guard take(",") else { return nil }
            }
        }

        mutating func digits() -> String {
            let digits = rest.prefix { $0 >= 48 && $0 <= 57 }
            rest = rest.dropFirst(digits.count)
            return String(decoding: digits, as: UTF8.self)
        }

        mutating func number() -> String? {
            var text = take("-") ? "-" : ""
            let whole = digits()
            guard !whole.isEmpty, whole == "0" || !whole.hasPrefix("0") else { return nil }
            text += whole
            if take(".") {
                let fraction = digits()
                guard !fraction.isEmpty else { return nil }
                text += "." + fraction
            }
            if let letter = rest.first, letter == UInt8(ascii: "e") || letter == UInt8(ascii: "E") {
                rest = rest.dropFirst()
                let sign = take("-") ? "-" : take("+") ? "+" : ""
                let exponent = digits()
                guard !exponent.isEmpty else { return nil }
                text += String(UnicodeScalar(letter)) + sign + exponent
            }
            return text
        }

        mutating func string() -> [UInt8]? {
            _ = take("\"")
            var units: [UInt8] = []
            while let byte = rest.first {
                rest = rest.dropFirst()
                if byte == UInt8(ascii: "\"") { return units }
                if byte < 0x20 { return nil }
                guard byte == UInt8(ascii: "\\") else {
                    units.append(byte)
                    continue
                }
                guard let letter = rest.first else { return nil }
                rest = rest.dropFirst()
                switch letter {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(letter)
                case UInt8(ascii: "b"): units.append(8)
                case UInt8(ascii: "f"): units.append(12)
                case UInt8(ascii: "n"): units.append(10)
                case UInt8(ascii: "r"): units.append(13)
                case UInt8(ascii: "t"): units.append(9)
                case UInt8(ascii: "u"):
                    guard let first = hex() else { return nil }
                    if first >= 0xD800 && first < 0xE000 {
                        guard first < 0xDC00, take("\\u"), let second = hex(), second >= 0xDC00,
                            second < 0xE000
                        else { return nil }
                        let text = String(decoding: [UInt16(first), UInt16(second)], as: UTF16.self)
                        units += Array(text.utf8)
                    } else {
                        units += Array(String(decoding: [UInt16(first)], as: UTF16.self).utf8)
                    }
                default: return nil
                }
            }
            return nil
        }

        mutating func hex() -> UInt32? {
            let text = String(decoding: rest.prefix(4), as: UTF8.self)
            let isHex = text.utf8.count == 4 && text.allSatisfy { $0.isASCII && $0.isHexDigit }
            guard isHex else { return nil }
            rest = rest.dropFirst(4)
            return UInt32(text, radix: 16)
        }
    }
}
