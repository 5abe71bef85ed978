/// A word or sign of Swift source, outside comments and string literals.
struct Token: Equatable {
    enum Kind { case word, number, sign, string }

    let kind: Kind
    /// One byte for a sign; a string literal is one token with the text `""`.
    let text: String
    /// Counted from 1.
    let line: Int
    /// Whether white space or a comment stands between the token before and this one.
    let isSpaced: Bool
}
