import Language

extension Statement {
    /// The original text of a node of this statement.
    func fragment(_ span: SourceSpan) -> String {
        let bytes = source.text.utf8
        guard span.offset >= 0, span.end <= bytes.count else { return "" }
        let start = bytes.index(bytes.startIndex, offsetBy: span.offset)
        return String(decoding: bytes[start..<bytes.index(start, offsetBy: span.length)], as: UTF8.self)
    }
}
