/// Finds the end of a JSON string and validates it on the way.
struct JSONStringScan {
    let base: UnsafeRawPointer
    let end: Int
    private var index: Int
    private(set) var hasEscapes = false
    private(set) var fault: JSONFault?

    /// `start` is behind the opening quote.
    init(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) {
        self.base = base
        self.end = end
        index = start
    }

    /// The first byte from `start` on that is not plain ASCII text: quote, backslash, control, above 0x7F; or
    /// `end`.
    @inline(__always)
    static func plainEnd(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index &+ 8 <= end {
            let marks = WordScan.jsonSpecials(WordScan.load(base, index))
            if marks != 0 { return index &+ WordScan.firstByte(marks) }
            index &+= 8
        }
        while index < end {
            let byte = WordScan.byte(base, index)
            if byte < 0x20 || byte > 0x7F || byte == 0x22 || byte == 0x5C { return index }
            index &+= 1
        }
        return index
    }

    /// Where the closing quote is. Means nothing when `fault` is set.
    mutating func run() -> Int {
        while true {
            index = JSONStringScan.plainEnd(base, index, end)
            if index >= end { return fail(.unterminatedString, end) }
            let byte = WordScan.byte(base, index)
            if byte == 0x22 { return index }
            if byte == 0x5C {
                hasEscapes = true
                guard escape() else { return end }
            } else if byte < 0x20 {
                return fail(.controlCharacter, index)
            } else {
                repeat {
                    let length = UTF8Check.length(base, at: index, end: end)
                    if length == 0 { return fail(.badUTF8, index) }
                    index &+= length
                } while index < end && WordScan.byte(base, index) > 0x7F
            }
        }
    }

    private mutating func fail(_ kind: JSONFault.Kind, _ offset: Int) -> Int {
        fault = JSONFault(kind, offset)
        return end
    }

    /// Passes the escape at `index`.
    private mutating func escape() -> Bool {
        guard index &+ 1 < end else {
            fault = JSONFault(.unterminatedString, end)
            return false
        }
        switch WordScan.byte(base, index &+ 1) {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
            index &+= 2
            return true
        case 0x75:
            guard let unit = JSONStringScan.codeUnit(base, index &+ 2, end) else { break }
            if unit & 0xF800 != 0xD800 {
                index &+= 6
                return true
            }
            guard unit < 0xDC00, index &+ 7 < end, WordScan.byte(base, index &+ 6) == 0x5C,
                WordScan.byte(base, index &+ 7) == 0x75,
                let low = JSONStringScan.codeUnit(base, index &+ 8, end), low & 0xFC00 == 0xDC00
            else {
                fault = JSONFault(.unpairedSurrogate, index)
                return false
            }
            index &+= 12
            return true
        default: break
        }
        fault = JSONFault(.badEscape, index)
        return false
    }

    /// Four hexadecimal digits at `start`.
    static func codeUnit(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> UInt32? {
        guard start &+ 4 <= end else { return nil }
        var value: UInt32 = 0
        for index in start..<start &+ 4 {
            let byte = WordScan.byte(base, index)
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte &- 0x30
            case 0x41...0x46: digit = byte &- 0x41 &+ 10
            case 0x61...0x66: digit = byte &- 0x61 &+ 10
            default: return nil
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    /// Appends the text of a validated string, `start..<end` between its quotes, with the escapes resolved.
    static func unescape(_ base: UnsafeRawPointer, _ start: Int, _ end: Int, to out: ByteWriter) {
        // An escape is never shorter than what it stands for.
        out.reserve(end &- start)
        var index = start
        while index < end {
            var plain = index
            while plain < end, WordScan.byte(base, plain) != 0x5C { plain &+= 1 }
            out.append(base + index, count: plain &- index)
            if plain >= end { return }
            let letter = WordScan.byte(base, plain &+ 1)
            index = plain &+ 2
            switch letter {
            case 0x62: out.append(0x08)
            case 0x66: out.append(0x0C)
            case 0x6E: out.append(0x0A)
            case 0x72: out.append(0x0D)
            case 0x74: out.append(0x09)
            case 0x75: index = appendCharacter(base, index, end, to: out)
            default: out.append(letter)
            }
        }
    }

    /// The character of one `\u` escape or of a pair; `start` is behind the u. Returns the place behind it.
    private static func appendCharacter(
        _ base: UnsafeRawPointer, _ start: Int, _ end: Int, to out: ByteWriter
    ) -> Int {
        var scalar = codeUnit(base, start, end) ?? 0xFFFD
        var behind = start &+ 4
        if scalar & 0xFC00 == 0xD800 {
            let low = codeUnit(base, start &+ 6, end) ?? 0xDC00
            scalar = 0x10000 &+ ((scalar & 0x3FF) << 10 | low & 0x3FF)
            behind = start &+ 10
        }
        if scalar < 0x80 {
            out.append(UInt8(truncatingIfNeeded: scalar))
        } else if scalar < 0x800 {
            out.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
            out.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
        } else {
            if scalar < 0x10000 {
                out.append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
            } else {
                out.append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
                out.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F))
            }
            out.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
            out.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
        }
        return behind
    }
}
