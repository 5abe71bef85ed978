/// Names, strings and paths as SQL writes them, so that nothing in them is taken for SQL.
enum SQLText {
    /// `"na""me"`.
    static func name(_ text: String) -> String { quoted(text, "\"") }

    /// `'it''s'`.
    static func string(_ text: String) -> String { quoted(text, "'") }

    /// A path of which DuckDB takes no character for a pattern.
    static func plainPath(_ path: String) -> String {
        guard path.contains(where: { "*?[".contains($0) }) else { return path }
        return path.map { "*?[".contains($0) ? "[\($0)]" : String($0) }.joined()
    }

    private static func quoted(_ text: String, _ quote: Character) -> String {
        var result = String(quote)
        for character in text.unicodeScalars {
            // DuckDB ends its input at a zero byte; no name has one.
            if character.value == 0 { continue }
            result.unicodeScalars.append(character)
            if Character(character) == quote { result.append(quote) }
        }
        return result + String(quote)
    }
}
