/// Base 64 (RFC 4648), as SCRAM's messages have it.
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encoded(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for byte in group { bits = bits << 8 | UInt32(byte) }
            bits <<= UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let isFilled = place <= group.count
                text.append(isFilled ? digits[Int(bits >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// nil where the text is none.
    static func decoded(_ text: Substring) -> [UInt8]? {
        let letters = Array(text.utf8)
        guard letters.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: letters.count, by: 4) {
            var bits: UInt32 = 0
            var filled = 4
            for place in 0..<4 {
                let letter = letters[start + place]
                if letter == UInt8(ascii: "="), start + 4 == letters.count, place >= 2 {
                    filled = min(filled, place)
                    bits <<= 6
                    continue
                }
                guard filled == 4, let digit = digits.firstIndex(of: letter) else { return nil }
                bits = bits << 6 | UInt32(digit)
            }
            for place in 0..<filled - 1 {
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * place)))
            }
        }
        return bytes
    }

    /// The variant for URLs, without padding (RFC 4648, section 5), as tokens have it; nil where it is none.
    static func decoded(url text: Substring) -> [UInt8]? {
        guard !text.utf8.contains(where: { [0x2B, 0x2F, 0x3D].contains($0) }) else { return nil }
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        return decoded((plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))[...])
    }
}
