import Diagnostics

/// Makes the message for a token that cannot stand where it stands: what was found, what was expected,
/// and the most likely slip.
struct SyntaxComplaint {
    let reader: SyntaxReader

    private static let mostExpectations = 7

    func diagnostic(hint: String?) -> Diagnostic {
        if hint == nil, let complaint = misspeltAlias() { return complaint }
        let token = reader.token
        let place = reader.place.map { " in \($0)" } ?? ""
        let message =
            token.kind == .end ? "the statement ends too early\(place)" : "unexpected \(token.shown)\(place)"
        return Diagnostic(
            .syntax, message, at: reader.location(of: token), expected: expected,
            hint: hint ?? likelySlip())
    }

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

    private func keyword(near word: String) -> String? {
        NearestName.suggestion(for: word, among: reader.expectations.compactMap { $0.keyword?.rawValue })
    }

    /// `FROM events WHER x > 1`: the word before was read as an alias, but a keyword was meant.
    private func misspeltAlias() -> Diagnostic? {
        guard let aliasPosition = reader.bareAliasPosition, aliasPosition == reader.position - 1 else {
            return nil
        }
        let alias = reader.tokens[aliasPosition]
        guard case .word = alias.kind, let meant = keyword(near: alias.text) else { return nil }
        let place = reader.place.map { " in \($0)" } ?? ""
        return Diagnostic(
            .syntax, "unexpected \(alias.text)\(place)", at: reader.location(of: alias),
            expected: expected, hint: "did you mean \(meant)?")
    }

    private func expects(_ label: String) -> Bool {
        reader.expectations.contains { $0.label == label }
    }

    private func likelySlip() -> String? {
        let token = reader.token
        if let slip = quoteSlip(token) { return slip }
        if case .word(let keyword) = token.kind {
            if let meant = self.keyword(near: token.text) { return "did you mean \(meant)?" }
            if let keyword, keyword.isReserved, expects("a name") {
                return reservedWordSlip(token, keyword)
            }
        }
        if token.symbol == .arrow { return "-> reads a field of a STRUCT: COLUMN->FIELD" }
        if token.symbol == .doubleArrow { return "a lambda (x => …) can only be an argument of a function" }
        if token.symbol == .dot { return "a field of a STRUCT is read with ->: COLUMN->FIELD" }
        if beginsItem(token), expects("','") {
            return "is a comma missing before \(token.shown)?"
        }
        if let keyword = token.keyword, Keyword.statementStarts.contains(keyword), expects("';'") {
            return "is a semicolon missing before \(token.shown)?"
        }
        return nil
    }

    /// A quote forgotten earlier makes strings of what stands between the others.
    private func quoteSlip(_ token: Token) -> String? {
        guard reader.position > 0 else { return nil }
        let before = reader.tokens[reader.position - 1]
        if before.kind == .string, token.kind != .end {
            if case .symbol = token.kind {} else if !reader.hasBlank(before: reader.position) {
                return "\(before.shown) ends right before \(token.shown): is a quote missing in it, "
                    + "or a quote inside not written twice?"
            }
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
            return "single quotes are for strings: write \(Identifier(token.text, isQuoted: true).formatted)"
        }
        return nil
    }

    private func reservedWordSlip(_ token: Token, _ keyword: Keyword) -> String {
        let before = reader.position > 0 ? reader.tokens[reader.position - 1] : nil
        if before?.symbol == .comma, keyword.beginsClause {
            return "remove the comma before \(token.shown)"
        }
        return "\(keyword.rawValue) is a reserved word: as a name it stands in backquotes, "
            + "`\(keyword.rawValue)`"
    }

    private func beginsItem(_ token: Token) -> Bool {
        switch token.kind {
        case .word(let keyword): !(keyword?.isReserved ?? false)
        case .quotedName, .string, .integer, .decimal, .double: true
        default: false
        }
    }
}
