/// Writes syntax trees as SQL: one line, keywords in upper case, only the parentheses that are needed.
struct SyntaxFormatter {
    private(set) var text = ""

    mutating func write(_ more: String) { text += more }

    mutating func write(_ name: Identifier) { text += name.formatted }

    /// A string literal.
    mutating func write(quoted string: String) { text += Self.quoted(string) }

    /// `items` with a comma and a blank between.
    mutating func list<Items: Collection>(
        _ items: Items, _ item: (inout SyntaxFormatter, Items.Element) -> Void
    ) {
        var isFirst = true
        for element in items {
            if !isFirst { text += ", " }
            isFirst = false
            item(&self, element)
        }
    }

    static func quoted(_ string: String, with quote: Character = "'") -> String {
        var result = String(quote)
        for character in string.unicodeScalars {
            if Character(character) == quote { result.append(quote) }
            result.unicodeScalars.append(character)
        }
        result.append(quote)
        return result
    }

    mutating func write(_ period: TimeSpan) { text += "\(period.amount) \(period.unit.rawValue)" }
}
