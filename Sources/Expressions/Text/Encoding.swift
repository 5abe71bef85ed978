/// How bytes are written as text: hex, base64, UTF-8, ASCII.
enum Encoding: Sendable {
    case hex, utf8, ascii, base64

    init?(_ name: String) {
        switch name.lowercased() {
        case "hex": self = .hex
        case "utf8": self = .utf8
        case "ascii": self = .ascii
        case "base64": self = .base64
        default: return nil
        }
    }

    /// The bytes that a text stands for; nil when it is malformed. Hex may be written `0x…` or `X'…'`.
    func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        switch self {
        case .hex: return Encoding.fromHex(text)
        case .utf8: return Array(text)
        case .ascii:
            return String(decoding: text, as: UTF8.self).unicodeScalars.map {
                $0.isASCII ? UInt8(truncatingIfNeeded: $0.value) : UInt8(ascii: "?")
            }
        case .base64: return Encoding.fromBase64(text)
        }
    }

    /// The text for bytes; bytes that have none become U+FFFD.
    func encode(_ bytes: UnsafeRawBufferPointer, upperHex: Bool = false) -> [UInt8] {
        switch self {
        case .hex:
            let letters: UInt8 = upperHex ? 55 : 87
            return bytes.flatMap { byte in
                [byte >> 4, byte & 15].map { $0 < 10 ? $0 + 48 : $0 + letters }
            }
        case .utf8: return Array(String(decoding: bytes, as: UTF8.self).utf8)
        case .ascii: return bytes.flatMap { $0 < 128 ? [$0] : [0xEF, 0xBF, 0xBD] }
        case .base64: return Encoding.toBase64(bytes)
        }
    }

    private static func fromHex(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        var digits = text[...]
        let quote = UInt8(ascii: "'")
        var mayBeOdd = false
        if text.count >= 2, text[0] == 48, text[1] | 0x20 == UInt8(ascii: "x") {
            digits = text.dropFirst(2)
            // A number has its leading zero left out.
            mayBeOdd = true
        } else if text.count >= 2, text[0] | 0x20 == UInt8(ascii: "x"), text[1] == quote {
            guard text.count >= 3, text.last == quote else { return nil }
            digits = text.dropFirst(2).dropLast()
        }
        guard mayBeOdd || digits.count % 2 == 0 else { return nil }
        var values: [UInt8] = digits.count % 2 == 1 ? [0] : []
        for byte in digits {
            let letter = (byte | 0x20) &- 97
            if byte &- 48 <= 9 {
                values.append(byte - 48)
            } else if letter < 6 {
                values.append(letter + 10)
            } else {
                return nil
            }
        }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func toBase64(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let taken = min(3, bytes.count - start)
            var group: UInt32 = 0
            for index in 0..<3 { group = group << 8 | (index < taken ? UInt32(bytes[start + index]) : 0) }
            for index in 0..<4 {
                let sextet = Int(group >> UInt32(18 - 6 * index)) & 63
                text.append(index <= taken ? alphabet[sextet] : UInt8(ascii: "="))
            }
        }
        return text
    }

    private static func fromBase64(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        var digits = text[...]
        while digits.last == UInt8(ascii: "="), text.count - digits.count < 2 { digits = digits.dropLast() }
        guard digits.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        var (group, bits): (UInt32, Int) = (0, 0)
        for byte in digits {
            let sextet: UInt32
            switch byte {
            case 65...90: sextet = UInt32(byte) - 65
            case 97...122: sextet = UInt32(byte) - 71
            case 48...57: sextet = UInt32(byte) + 4
            case UInt8(ascii: "+"): sextet = 62
            case UInt8(ascii: "/"): sextet = 63
            default: return nil
            }
            group = group << 6 | sextet
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
            }
        }
        return bytes
    }
}
