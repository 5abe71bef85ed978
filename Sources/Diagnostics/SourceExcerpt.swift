/// The source line of a location and the carets under it, cut to a width that fits a terminal.
struct SourceExcerpt {
    /// The line, tabs as four blanks, control characters made visible, `…` where it is cut.
    let text: String
    /// Blanks, then one `^` per column of the marked text; at least one.
    let marker: String

    private static let widest = 100
    private static let leadIn = 30

    /// `nil` when the location carries no source line.
    init?(of location: SourceLocation) {
        guard let line = location.sourceLine else { return nil }
        let characters = Array(line)
        let start = min(max(location.column - 1, 0), characters.count)
        let end = Self.end(of: characters, from: start, utf8Length: location.length)

        // A minified file may have one line of megabytes: show the part around the mark.
        let first = characters.count > Self.widest && start > Self.leadIn ? start - Self.leadIn : 0
        let last = min(characters.count, first + Self.widest)
        var text = first > 0 ? "…" : ""
        var blanks = first > 0 ? 1 : 0
        var carets = 0
        for index in first..<last {
            let shown = Self.shown(characters[index])
            text += shown.text
            if index < start {
                blanks += shown.width
            } else if index < end {
                carets += shown.width
            }
        }
        if last < characters.count { text += "…" }
        self.text = text
        marker = String(repeating: " ", count: blanks) + String(repeating: "^", count: max(carets, 1))
    }

    /// The index after the last character that the mark covers; a mark ends with its line.
    private static func end(of characters: [Character], from start: Int, utf8Length: Int) -> Int {
        var remaining = utf8Length
        var end = start
        while end < characters.count, remaining > 0 {
            remaining -= characters[end].utf8.count
            end += 1
        }
        return end
    }

    private static func shown(_ character: Character) -> (text: String, width: Int) {
        if character == "\t" { return ("    ", 4) }
        return (DisplayText.escaped(String(character)), DisplayWidth.width(of: character))
    }
}
