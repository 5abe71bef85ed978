import Columnar

extension JSONToken {
    /// Whether the text as a STRING column holds it can be other than the token's bytes.
    var mayDiffer: Bool { hasEscapes || kind == .object || kind == .array }

    /// The text as a STRING column holds it, unless that is just the token's bytes: then nothing is appended
    /// and the result is false.
    func appendText(_ base: UnsafeRawPointer, to out: ByteWriter) -> Bool {
        switch kind {
        case .string where hasEscapes:
            JSONStringScan.unescape(base, start, end, to: out)
            return true
        case .object, .array:
            var index = start
            while index < end, !JSONToken.isWhitespace(WordScan.byte(base, index)) { index &+= 1 }
            if index == end { return false }
            appendCompact(base, to: out)
            return true
        default: return false
        }
    }

    /// An object or array without the white space between its tokens.
    private func appendCompact(_ base: UnsafeRawPointer, to out: ByteWriter) {
        var index = start
        var isInString = false
        out.reserve(end &- start)
        while index < end {
            let byte = WordScan.byte(base, index)
            if isInString {
                if byte == 0x5C {
                    out.append(byte)
                    index &+= 1
                    out.append(WordScan.byte(base, index))
                    index &+= 1
                    continue
                }
                if byte == 0x22 { isInString = false }
            } else if byte == 0x22 {
                isInString = true
            } else if JSONToken.isWhitespace(byte) {
                index &+= 1
                continue
            }
            out.append(byte)
            index &+= 1
        }
    }

    private static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// The bytes that a base64 string stands for; false when it is none.
    func appendBase64(_ base: UnsafeRawPointer, to out: ByteWriter, scratch: ByteWriter) -> Bool {
        if !hasEscapes {
            return Base64.decode(UnsafeRawBufferPointer(start: base + start, count: end - start), to: out)
        }
        // `\/` is a common way to write a slash.
        scratch.removeAll()
        JSONStringScan.unescape(base, start, end, to: scratch)
        return Base64.decode(scratch.bytes, to: out)
    }
}

extension ScalarBits {
    /// The value of a token, which is not null; nil when the type, which has a fixed width, refuses it.
    init?(
        _ token: JSONToken, _ base: UnsafeRawPointer, as type: ScalarType,
        timestamps: inout TimestampReader, scratch: ByteWriter
    ) {
        switch token.kind {
        case .number:
            self.init(
                NumberToken.json(base, token.start, token.end), base, from: token.start, as: type)
        case .string:
            guard token.hasEscapes else {
                self.init(text: base, token.start, token.end, as: type, timestamps: &timestamps)
                return
            }
            scratch.removeAll()
            JSONStringScan.unescape(base, token.start, token.end, to: scratch)
            let bytes = scratch.bytes
            guard let start = bytes.baseAddress else { return nil }
            self.init(text: start, 0, bytes.count, as: type, timestamps: &timestamps)
        case .true, .false:
            guard type.kind == .boolean else { return nil }
            self.init(token.kind == .true)
        case .null, .object, .array: return nil
        }
    }
}
