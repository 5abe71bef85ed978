import Diagnostics
import Formats

/// A value as a table shows it.
struct Cell: Equatable {
    enum Kind {
        case text
        case number
        case null
    }

    let text: String
    let kind: Kind

    init(_ text: String, _ kind: Kind = .text) {
        self.text = DisplayText.escaped(text)
        self.kind = kind
    }

    /// NULL stands apart from a text of the same letters, which gets quotes.
    init(_ value: JSONValue) {
        switch value {
        case .null: self.init("NULL", .null)
        case .boolean(let value): self.init(value ? "true" : "false")
        case .number(let text): self.init(text, .number)
        case .string(let text): self.init(text == "NULL" ? "'NULL'" : text)
        case .array, .object: self.init(value.text)
        }
    }

    /// A text for people, on one line.
    static func folded(_ text: String) -> Cell {
        Cell(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
    }

    var width: Int { DisplayWidth.of(text) }

    /// The text on lines of at most `columns` columns, broken between words where that is possible; the last
    /// of `most` lines ends with `…` when there is more.
    func lines(columns: Int, most: Int) -> [String] {
        guard width > columns else { return [text] }
        let columns = max(1, columns)
        var lines: [String] = []
        var rest = text[...]
        while !rest.isEmpty {
            if lines.count == most - 1 {
                lines.append(DisplayWidth.cut(String(rest), to: columns))
                break
            }
            var head = DisplayWidth.head(of: rest, columns)
            // A wide character in a column of one.
            if head.isEmpty { head = rest.prefix(1) }
            if head.endIndex < rest.endIndex, rest[head.endIndex] != " ",
                let blank = head.lastIndex(where: { $0 == " " || $0 == "," }),
                head.distance(from: blank, to: head.endIndex) <= columns * 2 / 3
            {
                head = head[...blank]
            }
            rest = rest[head.endIndex...]
            while rest.first == " " { rest.removeFirst() }
            while head.last == " " { head.removeLast() }
            lines.append(String(head))
        }
        return lines
    }
}
