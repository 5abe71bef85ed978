/// Base64 by RFC 4648 §4, with padding; decoding also takes text whose padding was left off.
public enum Base64 {
    private static let alphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    static func append(_ bytes: UnsafeRawBufferPointer, to out: ByteWriter) {
        let letters = alphabet.utf8Start
        out.reserve((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let first = UInt32(bytes[index])
            let second = left > 1 ? UInt32(bytes[index + 1]) : 0
            let third = left > 2 ? UInt32(bytes[index + 2]) : 0
            let group = first << 16 | second << 8 | third
            out.append(letters[Int(group >> 18)])
            out.append(letters[Int(group >> 12 & 63)])
            out.append(left > 1 ? letters[Int(group >> 6 & 63)] : 0x3D)
            out.append(left > 2 ? letters[Int(group & 63)] : 0x3D)
            index += 3
        }
    }

    /// The bytes that the text stands for; nil when it is not base64.
    public static func bytes(of text: String) -> [UInt8]? {
        let out = ByteWriter()
        let isDecoded = Array(text.utf8).withUnsafeBytes { decode($0, to: out) }
        return isDecoded ? Array(out.bytes) : nil
    }

    /// Appends the bytes that the text stands for; false (and nothing appended) when it is not base64.
    static func decode(_ text: UnsafeRawBufferPointer, to out: ByteWriter) -> Bool {
        var count = text.count
        while count > 0, text.count - count < 2, text[count - 1] == 0x3D { count -= 1 }
        if count % 4 == 1 || (count < text.count && text.count % 4 != 0) { return false }
        let begin = out.count
        var group: UInt32 = 0
        for index in 0..<count {
            let value = value(of: text[index])
            if value > 63 {
                out.truncate(to: begin)
                return false
            }
            group = group << 6 | UInt32(value)
            if index & 3 == 3 {
                out.append(UInt8(truncatingIfNeeded: group >> 16))
                out.append(UInt8(truncatingIfNeeded: group >> 8))
                out.append(UInt8(truncatingIfNeeded: group))
                group = 0
            }
        }
        if count & 3 == 2 { out.append(UInt8(truncatingIfNeeded: group >> 4)) }
        if count & 3 == 3 {
            out.append(UInt8(truncatingIfNeeded: group >> 10))
            out.append(UInt8(truncatingIfNeeded: group >> 2))
        }
        return true
    }

    private static func value(of letter: UInt8) -> UInt8 {
        switch letter {
        case 0x41...0x5A: return letter - 0x41
        case 0x61...0x7A: return letter - 0x61 + 26
        case 0x30...0x39: return letter - 0x30 + 52
        case 0x2B: return 62
        case 0x2F: return 63
        default: return 255
        }
    }
}
