extension TimeSpan {
    /// Reads `10 MINUTES`, `500ms` or `1h`, as settings and properties give a length of time.
    ///
    /// Units are those of the language in singular or plural, and `ms`, `s`, `m`, `h`, `d`; case and
    /// blanks around and between do not matter. `nil` for all else, also for a number without a unit.
    public init?(text: String) {
        let bytes = Array(text.utf8.drop(while: \.isBlank))
        let digits = bytes.prefix(while: \.isDigit)
        let word = bytes[digits.count...].drop(while: \.isBlank)
        let unitText = String(decoding: word.reversed().drop(while: \.isBlank).reversed(), as: UTF8.self)
        let unit: TimeUnit? =
            switch unitText.lowercased() {
            case "ms": .milliseconds
            case "s": .seconds
            case "m": .minutes
            case "h": .hours
            case "d": .days
            default: TimeUnit(word: unitText)
            }
        guard let unit, let amount = Int64(String(decoding: digits, as: UTF8.self)) else { return nil }
        self.init(amount: amount, unit: unit)
    }
}
