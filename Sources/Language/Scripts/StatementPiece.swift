/// A statement of a text as a stretch of it, found by its semicolon without reading what it says.
public struct StatementPiece: Hashable, Sendable {
    /// From its first word to its last, without blanks and comments around it and without its semicolon.
    public let span: SourceSpan
    /// Whether a semicolon ends it.
    public let isTerminated: Bool
    /// The unquoted words and numbers of its code in upper case, in order.
    public let words: [String]

    /// The statements of a text; the last may be unfinished. Nothing but blanks and comments is none.
    public static func split(_ text: String) -> [StatementPiece] {
        let bytes = Array(text.utf8)
        var pieces: [StatementPiece] = []
        var position = 0
        while position < bytes.count {
            if let piece = next(bytes, &position) { pieces.append(piece) }
        }
        return pieces
    }

    /// Whether a text ends within quotes or a comment, or in a statement without its semicolon.
    public static func isOpen(_ text: String) -> Bool {
        if let last = split(text).last, !last.isTerminated { return true }
        let bytes = Array(text.utf8)
        var mode = TextMode.code
        var index = 0
        while index < bytes.count {
            let step = mode.step(bytes[...], at: index)
            mode = step.next
            index += step.length
        }
        if case .quoted = mode { return true }
        return mode == .blockComment
    }

    /// Reads up to the next semicolon in code, or to the end.
    private static func next(_ bytes: [UInt8], _ position: inout Int) -> StatementPiece? {
        var mode = TextMode.code
        var first: Int?
        var end = position
        var words: [String] = []
        var isTerminated = false
        while position < bytes.count {
            let byte = bytes[position]
            if mode == .code, byte == UInt8(ascii: ";") {
                position += 1
                isTerminated = true
                break
            }
            if mode == .code, byte.continuesWord {
                let start = position
                while position < bytes.count, bytes[position].continuesWord { position += 1 }
                words.append(String(decoding: bytes[start..<position], as: UTF8.self).uppercased())
                first = first ?? start
                end = position
                continue
            }
            let step = mode.step(bytes[...], at: position)
            let isComment =
                mode == .lineComment || mode == .blockComment || step.next == .lineComment
                || step.next == .blockComment
            let isBlank = mode == .code && byte.isBlank
            if !isComment, !isBlank {
                first = first ?? position
                end = position + step.length
            }
            mode = step.next
            position += step.length
        }
        guard let first else { return nil }
        return StatementPiece(
            span: SourceSpan(offset: first, length: end - first), isTerminated: isTerminated, words: words)
    }
}
