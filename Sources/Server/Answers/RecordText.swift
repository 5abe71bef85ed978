/// What the bytes of a key or value look like, for people who print a topic.
enum RecordText {
    /// NULL, text, a number of four or eight bytes as Kafka's serializers write it, or the bytes themselves.
    static func of(_ bytes: [UInt8]?) -> String {
        guard let bytes else { return "<null>" }
        if let text = text(bytes[...]) { return text }
        switch bytes.count {
        case 4: return String(Int32(truncatingIfNeeded: number(bytes[...])))
        case 8: return String(number(bytes[...]))
        case 9...:
            // A text with the start of its window behind it.
            if let text = text(bytes.dropLast(8)) { return "[\(text)@\(number(bytes.suffix(8)))]" }
            return hexadecimal(bytes)
        default: return hexadecimal(bytes)
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self),
            !text.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\n" && $0 != "\t" })
        else { return nil }
        return text
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        Int64(bitPattern: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    private static let shownBytes = 256

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = bytes.prefix(shownBytes).map { byte in
            let text = String(byte, radix: 16, uppercase: true)
            return byte < 16 ? "0" + text : text
        }
        return "0x" + digits.joined() + (bytes.count > shownBytes ? "…" : "")
    }
}
