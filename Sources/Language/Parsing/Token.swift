/// One word, name, literal or symbol of a statement.
struct Token {
    /// What a token is.
    enum Kind: Equatable {
        /// An unquoted word: a keyword, a name, or either.
        case word(Keyword?)
        case quotedName
        case string
        case integer, decimal, double
        case symbol(Symbol)
        /// The end of the statement; always the last token.
        case end
    }

    let kind: Kind
    /// A word and a number as written; a quoted name and a string without quotes and escapes.
    let text: String
    /// Where it stands in the original text.
    let span: SourceSpan
    /// Where it stands in the text after substitution, in bytes.
    let range: Range<Int>

    /// How a message names the token.
    var shown: String {
        switch kind {
        case .word: text
        case .integer, .decimal, .double: text
        case .quotedName: "`\(text)`"
        case .string: "'\(text.count > 40 ? text.prefix(40) + "…" : text[...])'"
        case .symbol(let symbol): "'\(symbol.rawValue)'"
        case .end: "the end"
        }
    }

    var keyword: Keyword? {
        if case .word(let keyword) = kind { keyword } else { nil }
    }

    var symbol: Symbol? {
        if case .symbol(let symbol) = kind { symbol } else { nil }
    }

    /// A word that is not reserved, or a name in quotes.
    var isName: Bool {
        switch kind {
        case .word(let keyword): !(keyword?.isReserved ?? false)
        case .quotedName: true
        default: false
        }
    }
}
