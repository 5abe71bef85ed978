import Diagnostics

/// Reads the tokens of one statement into a syntax tree, by recursive descent.
///
/// Each `accept` that fails notes what it looked for at that token; so an error can name all that could
/// have stood there. Extensions hold the grammar, clause by clause.
struct SyntaxReader {
    /// What could have stood at the current token.
    struct Expectation {
        let label: String
        let keyword: Keyword?
        /// Whether nothing else would do: what came before it was optional.
        var isRequired = false
    }

    /// Levels of nesting (parentheses, types, CASE, lambdas) that a statement may have.
    static let nestingLimit = 100

    let tokens: [Token]
    let source: SourceText
    private let text: SubstitutedText
    /// What stopped the lexer before the end of the text.
    private let lexicalFailure: Diagnostic?

    private(set) var position = 0
    var expectations: [Expectation] = []
    private var nesting = 0
    /// The clause being read, as a message names it: "the SELECT list".
    var place: String?
    /// The token last taken as an alias without AS; it may be a misspelt keyword instead.
    var bareAliasPosition: Int?

    /// What the text is, as a message names it.
    let subject: String

    init(text: SubstitutedText, source: SourceText, subject: String = "the statement") {
        self.text = text
        self.source = source
        self.subject = subject
        (tokens, lexicalFailure) = Lexer.tokens(of: text, source: source)
    }

    /// Reads a text that is no statement but a `subject`.
    init(fragment: String, subject: String) {
        var text = SubstitutedText()
        text.copy(Array(fragment.utf8)[...])
        self.init(text: text, source: SourceText(fragment), subject: subject)
    }

    /// Whether there is nothing but blanks and comments.
    var isEmpty: Bool { tokens.count == 1 && lexicalFailure == nil }

    // MARK: Looking

    var token: Token { tokens[position] }

    func peek(_ ahead: Int = 1) -> Token { tokens[min(position + ahead, tokens.count - 1)] }

    /// Whether the next tokens are these keywords.
    func sees(_ keywords: Keyword...) -> Bool {
        keywords.indices.allSatisfy { peek($0).keyword == keywords[$0] }
    }

    // MARK: Taking

    @discardableResult
    mutating func advance() -> Token {
        let taken = token
        if position < tokens.count - 1 { position += 1 }
        expectations.removeAll(keepingCapacity: true)
        return taken
    }

    /// Goes back to a token seen before.
    mutating func rewind(to position: Int) {
        self.position = position
        expectations.removeAll(keepingCapacity: true)
    }

    mutating func note(_ label: String, _ keyword: Keyword? = nil) {
        expectations.append(Expectation(label: label, keyword: keyword))
    }

    /// Takes the keyword if it is next. `phrase` is what a message calls it: "GROUP BY" for GROUP.
    mutating func accept(_ keyword: Keyword, as phrase: String? = nil) -> Bool {
        if token.keyword == keyword {
            advance()
            return true
        }
        note(phrase ?? keyword.rawValue, keyword)
        return false
    }

    mutating func accept(_ symbol: Symbol) -> Bool {
        if token.symbol == symbol {
            advance()
            return true
        }
        note("'\(symbol.rawValue)'")
        return false
    }

    mutating func expect(_ keyword: Keyword, hint: String? = nil) throws(Diagnostic) {
        guard accept(keyword) else { throw missing(hint: hint) }
    }

    mutating func expect(_ symbol: Symbol, hint: String? = nil) throws(Diagnostic) {
        guard accept(symbol) else { throw missing(hint: hint) }
    }

    /// Takes all of the keywords or none.
    mutating func accept(all keywords: Keyword...) throws(Diagnostic) -> Bool {
        guard let first = keywords.first else { return true }
        guard accept(first, as: keywords.map(\.rawValue).joined(separator: " ")) else { return false }
        for keyword in keywords.dropFirst() { try expect(keyword) }
        return true
    }

    mutating func expectEnd() throws(Diagnostic) {
        guard token.kind == .end, lexicalFailure == nil else {
            note("the end of \(subject)")
            throw unexpected()
        }
    }

    // MARK: Places

    /// The original text from the token `start` to the last one taken.
    func span(from start: Int) -> SourceSpan {
        guard position > start else { return tokens[start].span }
        return tokens[start].span.joined(to: tokens[position - 1].span)
    }

    /// The text from the token `start` to the last one taken, variables put in, comments kept.
    func substitutedText(from start: Int) -> String {
        guard position > start else { return "" }
        let range = tokens[start].range.lowerBound..<tokens[position - 1].range.upperBound
        return String(decoding: text.bytes[range], as: UTF8.self)
    }

    /// Where to point for a token; the end of the statement is the place behind its last token.
    func location(of token: Token) -> SourceLocation {
        guard token.kind == .end, tokens.count > 1 else { return source.location(of: token.span) }
        return source.location(of: SourceSpan(offset: tokens[tokens.count - 2].span.end, length: 0))
    }

    func hasBlank(before position: Int) -> Bool {
        position == 0 || tokens[position - 1].range.upperBound < tokens[position].range.lowerBound
    }

    // MARK: Nesting

    /// Enters one level; each call is paired with `leave`.
    mutating func enter() throws(Diagnostic) {
        nesting += 1
        guard nesting <= Self.nestingLimit else {
            throw Diagnostic(
                .nestingLimit, "the statement is nested more than \(Self.nestingLimit) levels deep",
                at: location(of: token), hint: "split it: give inner parts a name in a stream of their own")
        }
    }

    mutating func leave() { nesting -= 1 }

    // MARK: Errors

    /// The error for the current token, made of what was looked for there.
    func unexpected(hint: String? = nil, message: String? = nil) -> Diagnostic {
        if token.kind == .end, let lexicalFailure { return lexicalFailure }
        return SyntaxComplaint(reader: self).diagnostic(message: message, hint: hint)
    }

    /// The error when only what was looked for last would have done.
    private mutating func missing(hint: String?) -> Diagnostic {
        if !expectations.isEmpty { expectations[expectations.count - 1].isRequired = true }
        return unexpected(hint: hint)
    }

    /// An error about something that was read but cannot be.
    func refused(
        _ message: String, at span: SourceSpan, expected: String? = nil, hint: String? = nil,
        code: DiagnosticCode = .syntax
    ) -> Diagnostic {
        Diagnostic(code, message, at: source.location(of: span), expected: expected, hint: hint)
    }
}
