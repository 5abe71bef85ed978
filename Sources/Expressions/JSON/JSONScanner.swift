/// Walks over JSON text without building values. Every byte is checked; malformed text gives nil.
struct JSONScanner {
    let text: UnsafeRawBufferPointer
    private(set) var position: Int

    /// Deeper text counts as malformed, so that hostile nesting cannot exhaust the stack.
    static let deepest = 256

    init(_ text: UnsafeRawBufferPointer, at position: Int = 0) {
        self.text = text
        self.position = position
    }

    /// The next byte that is no blank.
    mutating func peek() -> UInt8? {
        while position < text.count, [32, 9, 10, 13].contains(text[position]) { position += 1 }
        return position < text.count ? text[position] : nil
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    var isAtEnd: Bool {
        mutating get { peek() == nil }
    }

    /// Moves behind the next value; gives where it stands.
    mutating func skipValue(depth: Int = 0) -> Range<Int>? {
        guard depth < JSONScanner.deepest, let first = peek() else { return nil }
        let start = position
        switch first {
        case UInt8(ascii: "{"):
            guard forEachMember(depth: depth, { _, _ in true }) else { return nil }
        case UInt8(ascii: "["):
            guard forEachElement(depth: depth, { _ in true }) else { return nil }
        case UInt8(ascii: "\""): guard skipString() != nil else { return nil }
        case UInt8(ascii: "t"): guard word("true") else { return nil }
        case UInt8(ascii: "f"): guard word("false") else { return nil }
        case UInt8(ascii: "n"): guard word("null") else { return nil }
        default: guard number() else { return nil }
        }
        return start..<position
    }

    /// Calls `body` with the key and the value of each member; false when the text is malformed or `body`
    /// says so.
    mutating func forEachMember(depth: Int = 0, _ body: (Range<Int>, Range<Int>) -> Bool) -> Bool {
        guard take(UInt8(ascii: "{")) else { return false }
        if take(UInt8(ascii: "}")) { return true }
        while true {
            guard peek() == UInt8(ascii: "\""), let key = skipString(), take(UInt8(ascii: ":")),
                let value = skipValue(depth: depth + 1), body(key, value)
            else { return false }
            if take(UInt8(ascii: ",")) { continue }
            return take(UInt8(ascii: "}"))
        }
    }

    mutating func forEachElement(depth: Int = 0, _ body: (Range<Int>) -> Bool) -> Bool {
        guard take(UInt8(ascii: "[")) else { return false }
        if take(UInt8(ascii: "]")) { return true }
        while true {
            guard let value = skipValue(depth: depth + 1), body(value) else { return false }
            if take(UInt8(ascii: ",")) { continue }
            return take(UInt8(ascii: "]"))
        }
    }

    /// Moves behind a string; gives where it stands with its quotes.
    private mutating func skipString() -> Range<Int>? {
        let start = position
        position += 1
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return start..<position
            }
            if byte < 32 { return nil }
            if byte == UInt8(ascii: "\\") {
                position += 1
                guard position < text.count else { return nil }
                if text[position] == UInt8(ascii: "u") {
                    guard position + 4 < text.count,
                        text[position + 1...position + 4].allSatisfy({ JSONScanner.hex($0) != nil })
                    else { return nil }
                    position += 4
                } else if !"\"\\/bfnrt".utf8.contains(text[position]) {
                    return nil
                }
            }
            position += 1
        }
        return nil
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let end = position + word.utf8CodeUnitCount
        guard end <= text.count else { return false }
        for index in 0..<word.utf8CodeUnitCount where text[position + index] != word.utf8Start[index] {
            return false
        }
        position = end
        return true
    }

    private mutating func digits() -> Int {
        let start = position
        while position < text.count, text[position] &- 48 <= 9 { position += 1 }
        return position - start
    }

    private mutating func number() -> Bool {
        if text[position] == UInt8(ascii: "-") { position += 1 }
        let start = position
        let whole = digits()
        guard whole > 0, whole == 1 || text[start] != 48 else { return false }
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            guard digits() > 0 else { return false }
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < text.count, text[position] == 43 || text[position] == 45 { position += 1 }
            guard digits() > 0 else { return false }
        }
        return true
    }

    static func hex(_ byte: UInt8) -> UInt32? {
        if byte &- 48 <= 9 { return UInt32(byte - 48) }
        let letter = (byte | 0x20) &- 97
        return letter < 6 ? UInt32(letter) + 10 : nil
    }

    // MARK: Contents

    /// The text of the string that stands at a range, quotes included there; lone surrogates become U+FFFD.
    func string(_ range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        var index = range.lowerBound + 1
        while index < range.upperBound - 1 {
            guard text[index] == UInt8(ascii: "\\") else {
                result.append(text[index])
                index += 1
                continue
            }
            let escape = text[index + 1]
            index += 2
            switch escape {
            case UInt8(ascii: "b"): result.append(8)
            case UInt8(ascii: "f"): result.append(12)
            case UInt8(ascii: "n"): result.append(10)
            case UInt8(ascii: "r"): result.append(13)
            case UInt8(ascii: "t"): result.append(9)
            case UInt8(ascii: "u"): result += scalar(&index, range.upperBound - 1)
            default: result.append(escape)
            }
        }
        return result
    }

    /// The character of `\uXXXX`, of which `index` stands behind the u; takes a second half along.
    private func scalar(_ index: inout Int, _ end: Int) -> [UInt8] {
        func unit(_ start: Int) -> UInt32 {
            text[start..<start + 4].reduce(0) { $0 << 4 | (JSONScanner.hex($1) ?? 0) }
        }
        let first = unit(index)
        index += 4
        if first &- 0xD800 < 0x400, index + 6 <= end, text[index] == UInt8(ascii: "\\"),
            text[index + 1] == UInt8(ascii: "u")
        {
            let second = unit(index + 2)
            if second &- 0xDC00 < 0x400 {
                index += 6
                let code = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
                if let scalar = Unicode.Scalar(code) { return Array(String(scalar).utf8) }
            }
        }
        return Array(String(Unicode.Scalar(first) ?? "\u{FFFD}").utf8)
    }

    /// The value at a range without the blanks between its parts.
    func compact(_ range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        var isInString = false
        var isEscaped = false
        for byte in text[range] {
            if isInString {
                result.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if ![32, 9, 10, 13].contains(byte) {
                result.append(byte)
                isInString = byte == UInt8(ascii: "\"")
            }
        }
        return result
    }

    /// A value as text: of a string what it says, of all others their compact JSON; nil for null.
    func plainText(_ range: Range<Int>) -> [UInt8]? {
        switch text[range.lowerBound] {
        case UInt8(ascii: "\""): return string(range)
        case UInt8(ascii: "n"): return nil
        default: return compact(range)
        }
    }
}
