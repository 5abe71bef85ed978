/// A piece of a SQL text, as far as finding table names needs it.
enum SQLToken: Equatable, Sendable {
    /// A name without quotes, or a keyword.
    case word(String)
    /// A name in double quotes, without them.
    case quoted(String)
    /// A string, whose text does not matter.
    case text
    case sign(Character)

    /// What names something: a word or a quoted name.
    var name: String? {
        switch self {
        case .word(let name), .quoted(let name): name
        case .text, .sign: nil
        }
    }

    /// A keyword or name in lower case; nil for a quoted one, which is never a keyword.
    var keyword: String? { if case .word(let word) = self { word.lowercased() } else { nil } }
}

extension SQLToken {
    /// The tokens of a text, without white space, comments and the insides of strings. Never fails: what is
    /// not closed ends with the text.
    static func tokens(of text: String) -> [SQLToken] {
        var reader = SQLTokenReader(text)
        var tokens: [SQLToken] = []
        while let token = reader.next() { tokens.append(token) }
        return tokens
    }

    /// The statements of a text with their semicolons, and what stands around them; joined they are the text.
    static func statements(of text: String) -> [String] {
        var reader = SQLTokenReader(text)
        var statements: [String] = []
        var start = 0
        while let token = reader.next() {
            guard token == .sign(";") else { continue }
            statements.append(reader.text(from: start))
            start = reader.index
        }
        let rest = reader.text(from: start)
        if tokens(of: rest).isEmpty, let last = statements.popLast() {
            statements.append(last + rest)
        } else {
            statements.append(rest)
        }
        return statements
    }
}

private struct SQLTokenReader {
    private let characters: [Character]
    private(set) var index = 0

    init(_ text: String) { characters = Array(text) }

    private func at(_ offset: Int) -> Character? {
        index + offset < characters.count ? characters[index + offset] : nil
    }

    /// What was read since a place.
    func text(from start: Int) -> String { String(characters[start..<index]) }

    mutating func next() -> SQLToken? {
        skipBlanks()
        guard let character = at(0) else { return nil }
        switch character {
        case "'":
            skipQuoted("'")
            return .text
        case "\"": return .quoted(quotedName())
        case "$" where skipDollarQuoted(): return .text
        case _ where character.isLetter || character == "_" || character.isNumber:
            let start = index
            while let next = at(0), next.isLetter || next.isNumber || next == "_" || next == "$" {
                index += 1
            }
            return .word(String(characters[start..<index]))
        default:
            index += 1
            return .sign(character)
        }
    }

    private mutating func skipBlanks() {
        while let character = at(0) {
            if character.isWhitespace {
                index += 1
            } else if character == "-", at(1) == "-" {
                while let next = at(0), !next.isNewline { index += 1 }
            } else if character == "/", at(1) == "*" {
                index += 2
                while at(0) != nil, !(at(0) == "*" && at(1) == "/") { index += 1 }
                index = min(index + 2, characters.count)
            } else {
                return
            }
        }
    }

    private mutating func skipQuoted(_ quote: Character) {
        index += 1
        while let character = at(0) {
            index += 1
            guard character == quote else { continue }
            if at(0) != quote { return }
            index += 1
        }
    }

    private mutating func quotedName() -> String {
        let start = index
        skipQuoted("\"")
        let inside = String(characters[min(start + 1, index)..<max(start + 1, index - 1)])
        return inside.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"")
    }

    /// `$$ … $$` and `$tag$ … $tag$`; false when the sign begins no such string.
    private mutating func skipDollarQuoted() -> Bool {
        var end = index + 1
        while end < characters.count,
            characters[end].isLetter || characters[end].isNumber || characters[end] == "_"
        {
            end += 1
        }
        guard end < characters.count, characters[end] == "$" else { return false }
        let mark = characters[index...end]
        index = end + 1
        while index < characters.count {
            if characters[index] == "$", characters[index...].starts(with: mark) {
                index += mark.count
                return true
            }
            index += 1
        }
        return true
    }
}
