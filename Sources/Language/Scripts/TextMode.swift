/// Walks over SQL bytes and knows, at each byte, whether it is code, quoted text or a comment.
///
/// One place decides where quotes and comments begin and end, for the splitting of statements, the
/// substitution of variables and the lexer alike.
enum TextMode: Equatable {
    case code
    /// Inside `'…'`, `"…"` or backquotes: the quote byte.
    case quoted(UInt8)
    case lineComment
    case blockComment

    /// The bytes that the element at `index` takes (1, or 2 for comment marks and doubled quotes), and
    /// the mode after it.
    func step(_ bytes: ArraySlice<UInt8>, at index: Int) -> (length: Int, next: TextMode) {
        let byte = bytes[index]
        let following = index + 1 < bytes.endIndex ? bytes[index + 1] : 0
        switch self {
        case .code:
            if byte == UInt8(ascii: "-"), following == UInt8(ascii: "-") { return (2, .lineComment) }
            if byte == UInt8(ascii: "/"), following == UInt8(ascii: "*") { return (2, .blockComment) }
            if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "`") {
                return (1, .quoted(byte))
            }
            return (1, .code)
        case .quoted(let quote):
            guard byte == quote else { return (1, self) }
            return following == quote ? (2, self) : (1, .code)
        case .lineComment:
            return (1, byte == UInt8(ascii: "\n") ? .code : .lineComment)
        case .blockComment:
            let ends = byte == UInt8(ascii: "*") && following == UInt8(ascii: "/")
            return ends ? (2, .code) : (1, .blockComment)
        }
    }
}
