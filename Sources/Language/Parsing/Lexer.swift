import Diagnostics

/// Cuts the text of one statement into tokens; blanks and comments are dropped.
struct Lexer {
    private let text: SubstitutedText
    private let source: SourceText
    private let bytes: [UInt8]
    private var position = 0
    private var tokens: [Token] = []

    /// The tokens, closed by one of kind `end`, and what stopped the lexer if it was not the end of the
    /// text. A quote that is missing early often shows only at the last quote of the file, so the parser
    /// gets the chance to complain of an earlier token first.
    static func tokens(
        of text: SubstitutedText, source: SourceText
    ) -> (tokens: [Token], failure: Diagnostic?) {
        var lexer = Lexer(text: text, source: source)
        var failure: Diagnostic?
        do {
            while try lexer.readToken() {}
        } catch {
            failure = error
        }
        let end = lexer.tokens.last?.range.upperBound ?? 0
        lexer.add(.end, from: end, to: end, text: "")
        return (lexer.tokens, failure)
    }

    private init(text: SubstitutedText, source: SourceText) {
        self.text = text
        self.source = source
        bytes = text.bytes
    }

    private func byte(_ ahead: Int = 0) -> UInt8 {
        position + ahead < bytes.count ? bytes[position + ahead] : 0
    }

    /// Returns `false` at the end of the text.
    private mutating func readToken() throws(Diagnostic) -> Bool {
        try skipBlanks()
        guard position < bytes.count else { return false }
        let first = bytes[position]
        if first.beginsWord {
            readWord()
        } else if first.isDigit || (first == UInt8(ascii: ".") && byte(1).isDigit) {
            try readNumber()
        } else if case .quoted(let quote) = TextMode.code.step(bytes[...], at: position).next {
            try readQuoted(quote)
        } else {
            try readSymbol()
        }
        return true
    }

    private mutating func add(_ kind: Token.Kind, from start: Int, to end: Int, text: String) {
        let range = start..<end
        tokens.append(Token(kind: kind, text: text, span: self.text.original(of: range), range: range))
    }

    private func string(from start: Int) -> String {
        String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private func error(
        _ message: String, from start: Int, length: Int, expected: String? = nil, hint: String? = nil
    ) -> Diagnostic {
        let span = text.original(of: start..<min(start + length, bytes.count))
        return Diagnostic(
            .syntax, message, at: source.location(of: span), expected: expected, hint: hint)
    }

    private mutating func skipBlanks() throws(Diagnostic) {
        while position < bytes.count {
            if bytes[position].isBlank {
                position += 1
                continue
            }
            // A byte order mark at the start of a file is no part of the text.
            if position == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
                position = 3
                continue
            }
            let start = position
            var step = TextMode.code.step(bytes[...], at: position)
            guard step.next == .lineComment || step.next == .blockComment else { return }
            while position < bytes.count, step.next != .code {
                position += step.length
                if position < bytes.count { step = step.next.step(bytes[...], at: position) }
            }
            if position < bytes.count {
                position += step.length
            } else if step.next == .blockComment {
                throw error(
                    "the comment that begins here has no end", from: start, length: 2, expected: "*/",
                    hint: "close it with */")
            }
        }
    }

    private mutating func readWord() {
        let start = position
        while position < bytes.count, bytes[position].continuesWord { position += 1 }
        let word = string(from: start)
        add(.word(Keyword(word: word)), from: start, to: position, text: word)
    }

    /// A quoted name or string, doubled quotes inside.
    private mutating func readQuoted(_ quote: UInt8) throws(Diagnostic) {
        let start = position
        var content: [UInt8] = []
        var mode = TextMode.quoted(quote)
        position += 1
        while position < bytes.count, mode != .code {
            let step = mode.step(bytes[...], at: position)
            mode = step.next
            if mode != .code { content.append(bytes[position]) }
            position += step.length
        }
        guard mode == .code else {
            let mark = Character(Unicode.Scalar(quote))
            let what = quote == UInt8(ascii: "'") ? "string" : "quoted name"
            let line = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            throw error(
                "the \(what) that begins here has no closing \(mark)", from: start, length: line - start,
                expected: "\(mark)", hint: "close it with \(mark); a \(mark) inside is written twice")
        }
        let kind: Token.Kind = quote == UInt8(ascii: "'") ? .string : .quotedName
        let text = String(decoding: content, as: UTF8.self)
        if kind == .quotedName, text.isEmpty {
            throw error(
                "a name has at least one character", from: start, length: 2,
                hint: "strings stand in single quotes: ''")
        }
        add(kind, from: start, to: position, text: text)
    }

    private mutating func readNumber() throws(Diagnostic) {
        let start = position
        var kind = Token.Kind.integer
        while byte().isDigit { position += 1 }
        if byte() == UInt8(ascii: ".") {
            kind = .decimal
            position += 1
            while byte().isDigit { position += 1 }
        }
        if byte() | 0x20 == UInt8(ascii: "e") {
            let signed = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-")
            if byte(signed ? 2 : 1).isDigit {
                kind = .double
                position += signed ? 2 : 1
                while byte().isDigit { position += 1 }
            }
        }
        guard byte().beginsWord else {
            add(kind, from: start, to: position, text: string(from: start))
            return
        }
        while byte().continuesWord { position += 1 }
        let word = string(from: start)
        // A name may begin with digits: `1R`.
        guard kind != .integer else {
            add(.word(nil), from: start, to: position, text: word)
            return
        }
        throw error(
            "\(word) is neither a number nor a name", from: start, length: position - start,
            hint: "put a blank behind the number, or the name in backquotes: `\(word)`")
    }

    private mutating func readSymbol() throws(Diagnostic) {
        let start = position
        let pair = position + 1 < bytes.count ? [bytes[position], bytes[position + 1]] : []
        let two = String(decoding: pair, as: UTF8.self)
        // Both spellings of one operator become one token.
        let twin: Symbol? = two == "==" ? .equal : two == "!=" ? .notEqual : nil
        if let symbol = twin ?? Symbol(rawValue: two) {
            position += 2
            add(.symbol(symbol), from: start, to: position, text: two)
            return
        }
        let one = String(decoding: [bytes[position]], as: UTF8.self)
        if let symbol = Symbol(rawValue: one) {
            position += 1
            add(.symbol(symbol), from: start, to: position, text: one)
            return
        }
        throw strangeCharacter()
    }

    /// What to say of a character that no token begins with.
    private func strangeCharacter() -> Diagnostic {
        let tail = String(decoding: bytes[position...].prefix(16), as: UTF8.self)
        let character = tail.first ?? " "
        let hint: String =
            switch character {
            case "&": "conditions are joined with AND"
            case "|": "conditions are joined with OR, strings with ||"
            case "!": "write NOT before a condition, <> between two values"
            case ":": "a MAP or STRUCT takes name := value; a type is changed with CAST(value AS type)"
            case "$", "{", "}": "a variable is written ${name}, a name of letters, digits and underscores"
            case "#": "a comment begins with --"
            case "\\": "no character needs a backslash; a quote inside a string is written twice"
            case "“", "”", "„", "‘", "’", "´": "use straight quotes: 'string', `name`"
            case "–", "—", "−": "use the hyphen of the keyboard: -"
            case "\u{A0}", "\u{200B}", "\u{FEFF}", "\u{3000}": "this blank is not a plain one: type it again"
            case "?": "parameters are given as variables: ${name}"
            case "^": "write POWER(base, exponent)"
            default: "a name with other characters than letters, digits and _ stands in backquotes"
            }
        let shown =
            character.unicodeScalars.contains { $0.properties.isWhitespace || $0.value < 0x20 }
            ? "U+" + String(character.unicodeScalars.first?.value ?? 0, radix: 16, uppercase: true)
            : String(character)
        return error(
            "unexpected character \(shown)", from: position, length: character.utf8.count, hint: hint)
    }
}
