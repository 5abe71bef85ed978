/// A place in a text that a person wrote or a file holds: where a ``Diagnostic`` points.
///
/// `line` and `column` count from 1, `column` in characters as an editor shows it. `offset` and
/// `length` count UTF-8 bytes from the start of the text. `sourceLine` is the whole line without its
/// line end, with passwords hidden; without it a rendering shows the position but no caret.
public struct SourceLocation: Hashable, Sendable {
    public var file: String?
    public var line: Int
    public var column: Int
    public var offset: Int
    public var length: Int
    public var sourceLine: String?

    public init(
        file: String? = nil, line: Int, column: Int, offset: Int = 0, length: Int = 0,
        sourceLine: String? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.offset = offset
        self.length = length
        self.sourceLine = sourceLine
    }

    /// Finds line, column and line text of the bytes `offset ..< offset + length` of `text`.
    ///
    /// An offset outside the text is moved to its nearest end. Linear in `offset`.
    public init(in text: String, file: String? = nil, offset: Int, length: Int) {
        let bytes = text.utf8
        let start = min(max(offset, 0), bytes.count)
        let position = bytes.index(bytes.startIndex, offsetBy: start)
        var line = 1
        var lineStart = bytes.startIndex
        var index = bytes.startIndex
        while index < position {
            let byte = bytes[index]
            index = bytes.index(after: index)
            if byte == UInt8(ascii: "\n") {
                line += 1
                lineStart = index
            }
        }
        var lineEnd = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
        if lineEnd > lineStart, bytes[bytes.index(before: lineEnd)] == UInt8(ascii: "\r") {
            lineEnd = bytes.index(before: lineEnd)
        }
        let before = String(decoding: bytes[lineStart..<position], as: UTF8.self)
        self.init(
            file: file, line: line, column: before.count + 1, offset: start,
            length: min(max(length, 0), bytes.count - start),
            sourceLine: SecretMask.masked(String(decoding: bytes[lineStart..<lineEnd], as: UTF8.self)))
    }
}

extension SourceLocation: CustomStringConvertible {
    /// `file:line:column`, or `line:column` for a text without a file.
    public var description: String {
        if let file { "\(file):\(line):\(column)" } else { "\(line):\(column)" }
    }
}
