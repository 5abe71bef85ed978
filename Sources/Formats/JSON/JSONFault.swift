/// What is wrong with a JSON text, and where: the byte offset in the text that was being read.
struct JSONFault: Error {
    enum Kind: UInt8 {
        case unexpectedEnd, unterminatedString, controlCharacter, badEscape, unpairedSurrogate, badUTF8
        case badNumber, badLiteral, expectedValue, expectedName, expectedColon, expectedCommaOrBracket
        case expectedCommaOrBrace, trailingBytes, tooDeep
    }

    let kind: Kind
    let offset: Int

    init(_ kind: Kind, _ offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    /// What was expected there.
    var text: String {
        switch kind {
        case .unexpectedEnd: return "it ends where a value was expected"
        case .unterminatedString: return "a string has no closing quote"
        case .controlCharacter: return "a control character in a string must be escaped"
        case .badEscape: return "expected an escape such as \\n or \\u00e9"
        case .unpairedSurrogate: return "a \\u escape is half of a surrogate pair"
        case .badUTF8: return "the bytes are not UTF-8"
        case .badNumber: return "the number is malformed"
        case .badLiteral: return "expected true, false or null"
        case .expectedValue: return "expected a value"
        case .expectedName: return "expected a field name in quotes"
        case .expectedColon: return "expected a colon behind the field name"
        case .expectedCommaOrBracket: return "expected a comma or ]"
        case .expectedCommaOrBrace: return "expected a comma or }"
        case .trailingBytes: return "there is more behind the value"
        case .tooDeep: return "it nests deeper than \(JSONScanner.depthLimit) levels"
        }
    }

    /// As the reason of a record that begins at `start` of `base` and ends at `end`.
    func decodeError(_ base: UnsafeRawPointer, start: Int, end: Int) -> DecodeError {
        let code: DecodeError.Code
        switch kind {
        case .badUTF8: code = .badUTF8
        case .tooDeep: code = .tooDeep
        default: code = .malformedJSON
        }
        let place = "malformed JSON at byte \(offset - start): \(text)"
        if offset >= end { return DecodeError(code, place + ", found the end") }
        let rest = UnsafeRawBufferPointer(start: base + offset, count: min(end - offset, 16))
        return DecodeError(code, place + ", found \(Excerpt.of(rest))")
    }
}
