import Diagnostics

/// Names, literals and lengths of time.
extension SyntaxReader {
    mutating func acceptName() -> Identifier? {
        guard token.isName else {
            note("a name")
            return nil
        }
        return takeName()
    }

    mutating func name(hint: String? = nil) throws(Diagnostic) -> Identifier {
        guard let name = acceptName() else { throw unexpected(hint: hint) }
        return name
    }

    /// A name that keeps its case without quotes too, or a string: of a topic or subject.
    mutating func externalName() throws(Diagnostic) -> Identifier {
        if token.isName || token.kind == .string {
            let isQuoted = token.kind != .word(token.keyword)
            let taken = advance()
            return Identifier(taken.text, isQuoted: isQuoted, span: taken.span)
        }
        note("a name")
        note("a string in single quotes")
        throw unexpected()
    }

    /// The current token as a name, whatever it is.
    mutating func takeName() -> Identifier {
        let taken = advance()
        let isQuoted = taken.kind == .quotedName
        let text = isQuoted ? taken.text : taken.text.uppercased()
        return Identifier(text, isQuoted: isQuoted, span: taken.span)
    }

    mutating func acceptString() -> Token? {
        guard token.kind == .string else {
            note("a string in single quotes")
            return nil
        }
        return advance()
    }

    mutating func string(hint: String? = nil) throws(Diagnostic) -> Token {
        guard let token = acceptString() else { throw unexpected(hint: hint) }
        return token
    }

    /// A whole number without sign.
    mutating func count(_ label: String = "a whole number") throws(Diagnostic) -> Int {
        guard token.kind == .integer else {
            note(label)
            let hint = token.symbol == .minus ? "write a whole number from 0 on" : joinedUnitHint()
            throw unexpected(hint: hint)
        }
        guard let value = Int(token.text) else { throw tooLarge(token) }
        advance()
        return value
    }

    /// `10MINUTES` and `500ms` are read as names.
    private func joinedUnitHint() -> String? {
        guard case .word(nil) = token.kind, token.text.utf8.first?.isDigit == true else { return nil }
        let digits = token.text.prefix { $0.isNumber }
        let unit = token.text.dropFirst(digits.count).uppercased()
        if let known = TimeUnit(word: unit) { return "put a blank between: \(digits) \(known.rawValue)" }
        return Self.otherUnits[unit].map { "put a blank between number and unit, and \($0)" }
    }

    func tooLarge(_ token: Token) -> Diagnostic {
        refused(
            "the whole number \(token.text) does not fit 64 bits", at: token.span,
            expected: "at most 9223372036854775807",
            hint: "with a decimal point, \(token.text).0, it is a DECIMAL of any size")
    }

    /// `10 MINUTES`.
    mutating func timeSpan() throws(Diagnostic) -> TimeSpan {
        let start = position
        let amount = try count("a length of time such as 10 MINUTES")
        let unit = try timeUnit()
        guard let result = TimeSpan(amount: Int64(amount), unit: unit, span: span(from: start)) else {
            throw refused(
                "the length of time \(substitutedText(from: start)) is too long", at: span(from: start),
                expected: "at most 9223372036854775807 milliseconds", hint: "take a smaller number")
        }
        return result
    }

    private mutating func timeUnit() throws(Diagnostic) -> TimeUnit {
        if case .word = token.kind, let unit = TimeUnit(word: token.text) {
            advance()
            return unit
        }
        note("a unit: MILLISECONDS, SECONDS, MINUTES, HOURS or DAYS")
        guard case .word = token.kind else { throw unexpected(hint: "write the unit, as in 10 MINUTES") }
        let units = TimeUnit.allCases.map(\.rawValue)
        let near = NearestName.suggestion(for: token.text, among: units)
        let known = Self.otherUnits[token.text.uppercased()]
        throw unexpected(hint: near.map { "did you mean \($0)?" } ?? known)
    }

    private static let otherUnits = [
        "MS": "write MILLISECONDS", "S": "write SECONDS", "SEC": "write SECONDS", "SECS": "write SECONDS",
        "M": "write MINUTES", "MIN": "write MINUTES", "MINS": "write MINUTES", "H": "write HOURS",
        "HR": "write HOURS", "HRS": "write HOURS", "D": "write DAYS", "WEEK": "write 7 DAYS for a week",
        "WEEKS": "write 7 DAYS for a week", "MONTH": "months differ in length: write a number of DAYS",
        "MONTHS": "months differ in length: write a number of DAYS",
        "YEAR": "years differ in length: write a number of DAYS",
        "YEARS": "years differ in length: write a number of DAYS",
    ]
}
