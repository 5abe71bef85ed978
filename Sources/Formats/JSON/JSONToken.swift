/// A validated JSON value as it lies in the text.
struct JSONToken {
    enum Kind: UInt8 {
        case string, number, `true`, `false`, null, object, array
    }

    let kind: Kind
    /// First byte; of a string, the one behind the opening quote.
    let start: Int
    /// Behind the last byte; of a string, the closing quote.
    let end: Int
    /// Whether a string contains a backslash.
    let hasEscapes: Bool

    init(_ kind: Kind, _ start: Int, _ end: Int, hasEscapes: Bool = false) {
        self.kind = kind
        self.start = start
        self.end = end
        self.hasEscapes = hasEscapes
    }

    /// The bytes with a string's quotes, for error messages.
    var quotedRange: Range<Int> { kind == .string ? start - 1..<end + 1 : start..<end }
}
