import Diagnostics

/// A line of a terminal in pieces of different looks, so that it can be cut to a width before it has escape
/// sequences.
struct StyledLine: Equatable, Sendable {
    enum Style: Sendable {
        case plain
        case bold
        case dim
        case good
        case warning
        case bad

        /// The parameter of the SGR sequence; only the eight colours that every terminal lets its user
        /// choose.
        fileprivate var code: String? {
            switch self {
            case .plain: nil
            case .bold: "1"
            case .dim: "2"
            case .good: "32"
            case .warning: "33"
            case .bad: "31"
            }
        }
    }

    private struct Piece: Equatable, Sendable {
        let text: String
        let style: Style
    }

    private var pieces: [Piece] = []

    init() {}

    init(_ text: String, _ style: Style = .plain) { append(text, style) }

    /// Control characters are replaced: a line stays a line.
    mutating func append(_ text: String, _ style: Style = .plain) {
        pieces.append(Piece(text: DisplayWidth.visible(text), style: style))
    }

    /// Blanks up to a column, at least one.
    mutating func pad(to column: Int) {
        append(String(repeating: " ", count: max(1, column - width)))
    }

    var width: Int { pieces.reduce(0) { $0 + DisplayWidth.of($1.text) } }

    /// The line with at most `columns` columns, with escape sequences only where `hasColours`.
    func rendered(columns: Int, hasColours: Bool) -> String {
        var line = ""
        var left = columns
        for (index, piece) in pieces.enumerated() where left > 0 {
            let rest = pieces[(index + 1)...].reduce(0) { $0 + DisplayWidth.of($1.text) }
            var text = DisplayWidth.cut(piece.text, to: left)
            // The mark of the cut belongs to the last piece that is seen.
            if DisplayWidth.of(piece.text) == left, rest > 0 {
                text = DisplayWidth.cut(piece.text + "…", to: left)
            }
            left -= DisplayWidth.of(text)
            if hasColours, let code = piece.style.code {
                line += "\u{1B}[\(code)m\(text)\u{1B}[0m"
            } else {
                line += text
            }
        }
        if !hasColours { while line.last == " " { line.removeLast() } }
        return line
    }
}
