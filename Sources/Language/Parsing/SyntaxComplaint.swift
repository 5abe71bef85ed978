import Diagnostics

/// Makes the message for a token that cannot stand where it stands: what was found, what was expected,
/// and what to do about it, from the most telling sign to the least.
struct SyntaxComplaint {
    let reader: SyntaxReader

    private static let mostExpectations = 9

    func diagnostic(message: String?, hint: String?) -> Diagnostic {
        if hint == nil, let complaint = misspeltAlias() { return complaint }
        let token = reader.token
        let found =
            token.kind == .end ? "\(reader.subject) ends too early" : "unexpected \(token.shown)"
        return Diagnostic(
            .syntax, message ?? found + place, at: reader.location(of: token), expected: expected,
            hint: requiredWordSlip() ?? hint ?? likelySlip() ?? nextStep())
    }

    private var place: String { reader.place.map { " in \($0)" } ?? "" }

    /// What could have stood here, in the order in which the grammar looked for it.
    private var expected: String? {
        var labels: [String] = []
        for expectation in reader.expectations where !labels.contains(expectation.label) {
            labels.append(expectation.label)
        }
        guard let last = labels.last else { return nil }
        if labels.count == 1 { return last }
        if labels.count > Self.mostExpectations {
            return labels.prefix(Self.mostExpectations).joined(separator: ", ") + ", …"
        }
        return labels.dropLast().joined(separator: ", ") + " or " + last
    }

    private func expects(_ label: String) -> Bool {
        reader.expectations.contains { $0.label == label }
    }

    // MARK: Slips

    /// The expected keyword, or its phrase, that is almost `word`.
    private func phrase(near word: String) -> String? {
        let keywords = reader.expectations.compactMap { $0.keyword?.rawValue }
        guard let near = NearestName.suggestion(for: word, among: keywords) else { return nil }
        let label = reader.expectations.first { $0.keyword?.rawValue == near }?.label ?? near
        return label.hasPrefix(near) ? label : near
    }

    /// The one keyword that had to stand here, misspelt.
    private func requiredWordSlip() -> String? {
        guard case .word = reader.token.kind, let last = reader.expectations.last, last.isRequired,
            let keyword = last.keyword,
            NearestName.suggestion(for: reader.token.text, among: [keyword.rawValue]) != nil
        else { return nil }
        return "did you mean \(keyword.rawValue)?"
    }

    /// `FROM events WHER x > 1`: the word before was read as an alias, but a keyword was meant.
    private func misspeltAlias() -> Diagnostic? {
        guard let aliasPosition = reader.bareAliasPosition, aliasPosition == reader.position - 1 else {
            return nil
        }
        let alias = reader.tokens[aliasPosition]
        guard case .word = alias.kind, let meant = phrase(near: alias.text) else { return nil }
        return Diagnostic(
            .syntax, "unexpected \(alias.text)\(place)", at: reader.location(of: alias),
            expected: expected, hint: "did you mean \(meant)?")
    }

    private func likelySlip() -> String? {
        let token = reader.token
        if let slip = quoteSlip(token) ?? commaSlip(token) { return slip }
        if case .word(let keyword) = token.kind {
            if let meant = phrase(near: token.text) { return "did you mean \(meant)?" }
            if keyword == .select, expects("AS") { return "is AS missing before \(token.shown)?" }
            if let keyword, keyword.isReserved, expects("a name") {
                return "\(keyword.rawValue) is a reserved word: as a name it stands in backquotes, "
                    + "`\(keyword.rawValue)`"
            }
        }
        switch token.symbol {
        case .arrow: return "-> reads a field of a STRUCT: COLUMN->FIELD"
        case .doubleArrow: return "a lambda (x => …) can only be an argument of a function"
        case .dot: return "a field of a STRUCT is read with ->: COLUMN->FIELD"
        case .leftParenthesis where expects("WITH"): return "is WITH missing before the properties?"
        case .rightParenthesis where openParentheses == 0:
            return "this ')' closes nothing: remove it"
        default: break
        }
        if beginsItem(token), expects("','") { return "is a comma missing before \(token.shown)?" }
        if let keyword = token.keyword, Keyword.statementStarts.contains(keyword), expects("';'") {
            return "is a semicolon missing before \(token.shown)?"
        }
        return nil
    }

    /// A quote forgotten earlier makes strings of what stands between the others.
    private func quoteSlip(_ token: Token) -> String? {
        guard reader.position > 0 else { return nil }
        let before = reader.tokens[reader.position - 1]
        if before.kind == .string, token.kind != .end, token.symbol == nil,
            !reader.hasBlank(before: reader.position)
        {
            return "\(before.shown) ends right before \(token.shown): is a quote missing in it, "
                + "or a quote inside not written twice?"
        }
        let nearby = reader.tokens[max(0, reader.position - 2)...reader.position]
        if let string = nearby.first(where: { $0.kind == .string && $0.text.contains("\n") }) {
            let line = reader.location(of: string).line
            return "the string that begins in line \(line) goes over the end of the line: "
                + "is its closing quote missing?"
        }
        if token.kind == .quotedName, expects("a string in single quotes") {
            return "double quotes and backquotes are for names: write '\(token.text)'"
        }
        if token.kind == .string, expects("a name") {
            let name = Identifier(token.text.uppercased())
            return
                "single quotes are for strings: write \(name.formatted), or `\(token.text)` to keep its case"
        }
        return nil
    }

    /// A comma with nothing behind it.
    private func commaSlip(_ token: Token) -> String? {
        guard reader.position > 0, reader.tokens[reader.position - 1].symbol == .comma else { return nil }
        switch token.kind {
        case .symbol(.rightParenthesis), .symbol(.rightBracket), .symbol(.greater), .end:
            return "remove the comma before \(token.shown)"
        case .word(let keyword?) where keyword.followsList:
            // `SELECT id, from FROM a` has a column of that name instead.
            let isName = reader.peek().symbol == .comma || reader.peek().keyword == .from
            return isName || !expects("an expression") ? nil : "remove the comma before \(token.shown)"
        default:
            return nil
        }
    }

    /// Parentheses opened and not closed before the current token.
    private var openParentheses: Int {
        reader.tokens[..<reader.position].reduce(0) { open, token in
            switch token.symbol {
            case .leftParenthesis: open + 1
            case .rightParenthesis: open - 1
            default: open
            }
        }
    }

    private func beginsItem(_ token: Token) -> Bool {
        switch token.kind {
        case .word(let keyword): !(keyword?.isReserved ?? false)
        case .quotedName, .string, .integer, .decimal, .double: true
        default: false
        }
    }

    // MARK: Plain advice

    private var requiresMore: Bool {
        reader.expectations.count == 1 || reader.expectations.last?.isRequired == true
    }

    /// What to do when nothing tells what was meant.
    private func nextStep() -> String? {
        guard let last = reader.expectations.last else { return nil }
        if requiresMore {
            return reader.token.kind == .end
                ? "add \(last.label)" : "put \(last.label) before \(reader.token.shown)"
        }
        if expects("the end of the statement"), reader.token.kind != .end {
            return "remove \(reader.token.shown), or end the statement before it with ';'"
        }
        return nil
    }
}

extension Keyword {
    /// Words that come behind a list of expressions.
    fileprivate var followsList: Bool {
        switch self {
        case .from, .where, .group, .having, .limit, .window, .emit, .within: true
        default: false
        }
    }
}
