extension Identifier {
    /// The name as it is written in SQL: in backquotes where it would not be read back the same without.
    public var formatted: String {
        isPlainWord(upperCase: true) && Keyword(rawValue: text)?.confusesAsName != true
            ? text : SyntaxFormatter.quoted(text, with: "`")
    }

    /// The name of a topic or subject, which keeps its case without quotes.
    var formattedAsExternal: String {
        isPlainWord(upperCase: false) && Keyword(word: text)?.confusesAsName != true
            ? text : SyntaxFormatter.quoted(text)
    }

    /// The name of a variable, which keeps its case without quotes.
    var formattedKeepingCase: String {
        isPlainWord(upperCase: false) ? text : SyntaxFormatter.quoted(text, with: "`")
    }

    private func isPlainWord(upperCase: Bool) -> Bool {
        let bytes = text.utf8
        return bytes.first?.beginsWord == true && bytes.allSatisfy(\.continuesWord)
            && (!upperCase || text.uppercased() == text)
    }
}

extension Keyword {
    /// Words that mean something else without quotes in a place where a name may stand.
    fileprivate var confusesAsName: Bool {
        switch self {
        case .array, .map, .struct, .all, .streams, .tables, .if, .extended, .function, .connector, .query,
            .column, .days, .values:
            true
        default: beginsClause
        }
    }
}
