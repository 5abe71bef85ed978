/// Splits Swift source into tokens and comments, near enough for the rules: nested block comments, raw and
/// multi-line strings, code in string interpolations, regex literals, names in backticks.
struct SwiftScanner {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var isSpaced = true

    private(set) var tokens: [Token] = []
    /// Comment text by line.
    private(set) var comments: [Int: String] = [:]
    /// Lines that begin inside a multi-line string literal.
    private(set) var linesInStrings: Set<Int> = []

    init(_ text: String) {
        bytes = Array(text.utf8)
        scanCode(untilParenthesis: false)
    }

    private func byte(_ ahead: Int = 0) -> UInt8 {
        position + ahead < bytes.count ? bytes[position + ahead] : 0
    }

    private func starts(with text: StaticString) -> Bool {
        text.withUTF8Buffer { expected in
            position + expected.count <= bytes.count
                && bytes[position..<position + expected.count].elementsEqual(expected)
        }
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where position < bytes.count {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
    }

    private mutating func add(_ kind: Token.Kind, _ text: String, line: Int) {
        tokens.append(Token(kind: kind, text: text, line: line, isSpaced: isSpaced))
        isSpaced = false
    }

    /// Reads code to the end, or to the parenthesis that ends an interpolation.
    private mutating func scanCode(untilParenthesis: Bool) {
        var depth = 0
        while position < bytes.count {
            let first = byte()
            if first == UInt8(ascii: " ") || first == UInt8(ascii: "\n") || first == UInt8(ascii: "\t") {
                isSpaced = true
                advance()
            } else if starts(with: "//") {
                scanLineComment()
            } else if starts(with: "/*") {
                scanBlockComment()
            } else if let hashes = hashesBeforeQuote() {
                scanString(hashes: hashes)
            } else if let end = endOfRegex() {
                add(.string, "//", line: line)
                advance(end - position)
            } else if first == UInt8(ascii: "`") {
                scanQuotedName()
            } else if Self.isWordByte(first) {
                scanWord()
            } else {
                if first == UInt8(ascii: "(") { depth += 1 }
                if first == UInt8(ascii: ")") {
                    depth -= 1
                    if untilParenthesis, depth < 0 { return advance() }
                }
                add(.sign, String(UnicodeScalar(first)), line: line)
                advance()
            }
        }
    }

    /// Keeps its backticks, so that it is no keyword.
    private mutating func scanQuotedName() {
        let start = position
        repeat { advance() } while position < bytes.count && byte() != UInt8(ascii: "`")
        advance()
        add(.word, String(decoding: bytes[start..<position], as: UTF8.self), line: line)
    }

    /// Where the regex literal ends that begins here. A bare `/` begins one where an operand is due and
    /// another `/` follows in the line.
    private func endOfRegex() -> Int? {
        let isExtended = starts(with: "#/")
        if !isExtended {
            guard starts(with: "/"), byte(1) != UInt8(ascii: " "), let last = tokens.last,
                last.kind == .sign, ["(", ",", "=", "[", ":"].contains(last.text)
            else { return nil }
        }
        var end = position + (isExtended ? 2 : 1)
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") {
            if bytes[end] == UInt8(ascii: "\\") {
                end += 1
            } else if bytes[end] == UInt8(ascii: "/") {
                if !isExtended { return end + 1 }
                if end + 1 < bytes.count, bytes[end + 1] == UInt8(ascii: "#") { return end + 2 }
            }
            end += 1
        }
        return nil
    }

    private mutating func scanWord() {
        let start = position
        let isNumber = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte())
        while Self.isWordByte(byte()) { advance() }
        add(isNumber ? .number : .word, String(decoding: bytes[start..<position], as: UTF8.self), line: line)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    private mutating func scanLineComment() {
        let start = position
        while position < bytes.count, byte() != UInt8(ascii: "\n") { advance() }
        comments[line, default: ""] += String(decoding: bytes[start..<position], as: UTF8.self)
        isSpaced = true
    }

    private mutating func scanBlockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                advance(2)
            } else if starts(with: "*/") {
                depth -= 1
                advance(2)
            } else {
                comments[line, default: ""].unicodeScalars.append(UnicodeScalar(byte()))
                advance()
            }
        } while depth > 0 && position < bytes.count
        isSpaced = true
    }

    /// The number of `#` of a string literal that begins here.
    private func hashesBeforeQuote() -> Int? {
        var hashes = 0
        while byte(hashes) == UInt8(ascii: "#") { hashes += 1 }
        return byte(hashes) == UInt8(ascii: "\"") ? hashes : nil
    }

    private mutating func scanString(hashes: Int) {
        add(.string, "\"\"", line: line)
        advance(hashes)
        let isMultiline = starts(with: "\"\"\"")
        let quotes = isMultiline ? 3 : 1
        advance(quotes)
        while position < bytes.count {
            if byte() == UInt8(ascii: "\n") {
                // An unfinished literal ends with its line, so that the rest of the file is still read.
                guard isMultiline else { return }
                advance()
                linesInStrings.insert(line)
            } else if byte() == UInt8(ascii: "\\"), hasHashes(hashes, at: 1) {
                advance(1 + hashes)
                if byte() == UInt8(ascii: "(") {
                    advance()
                    isSpaced = true
                    scanCode(untilParenthesis: true)
                } else if byte() != UInt8(ascii: "\n") {
                    advance()
                }
            } else if byte() == UInt8(ascii: "\""), !isMultiline || starts(with: "\"\"\""),
                hasHashes(hashes, at: quotes)
            {
                isSpaced = false
                return advance(quotes + hashes)
            } else {
                advance()
            }
        }
    }

    private func hasHashes(_ count: Int, at offset: Int) -> Bool {
        (0..<count).allSatisfy { byte(offset + $0) == UInt8(ascii: "#") }
    }
}
