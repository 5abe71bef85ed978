/// Looks of text, only where there are colours.
struct Paint: Sendable {
    enum Look: String {
        case bold = "1"
        case dim = "2"
        case bad = "31"
        case good = "32"
        case prompt = "1;34"
    }

    static let plain = Paint(hasColours: false)

    let hasColours: Bool

    func text(_ text: String, _ look: Look) -> String {
        hasColours && !text.isEmpty ? "\u{1B}[\(look.rawValue)m\(text)\u{1B}[0m" : text
    }
}
