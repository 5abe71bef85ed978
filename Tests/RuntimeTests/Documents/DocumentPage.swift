import Foundation

/// A page of the documentation, with the blocks of SQL in it.
struct DocumentPage {
    /// What a block's fence says that its text is.
    enum Kind: String {
        /// Statements that run, each block going on from the ones before it on the page: `sql`.
        case statements = "sql"
        /// Statements of which each is refused after these: `sql refused`.
        case refused = "sql refused"
        /// A line `expression -- value` each: `sql expressions`.
        case expressions = "sql expressions"
    }

    struct Block {
        let kind: Kind
        let text: String
        /// Of its first line in the page.
        let line: Int

        /// Each statement by itself.
        var statements: [Block] {
            text.split(separator: ";\n").map { Block(kind: kind, text: String($0), line: line) }
        }
    }

    let path: String
    let text: String
    let blocks: [Block]

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The pages that tell users of SQL.
    static let paths = [
        "README.md", "docs/sql.md", "docs/sql/expressions.md", "docs/sql/functions.md", "docs/sql/joins.md",
        "docs/sql/statements.md",
        "docs/connectors.md", "docs/formats.md",
    ]

    init(_ path: String) throws {
        self.path = path
        text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
        var blocks: [Block] = []
        var open: (kind: Kind?, line: Int, lines: [Substring])?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```") {
                if let block = open {
                    if let kind = block.kind {
                        blocks.append(
                            Block(kind: kind, text: block.lines.joined(separator: "\n"), line: block.line))
                    }
                    open = nil
                } else {
                    open = (Kind(rawValue: String(line.dropFirst(3))), index + 2, [])
                }
            } else {
                open?.lines.append(line)
            }
        }
        self.blocks = blocks
    }

    /// The first cells of the rows of all tables below a heading: what stands there in backticks.
    func names(below heading: String) -> Set<String> {
        var names: Set<String> = []
        var isInside = false
        for line in text.split(separator: "\n") {
            if line.hasPrefix("#") { isInside = line == heading }
            guard isInside, line.hasPrefix("| `"),
                let cell = line.split(separator: "|").first
            else { continue }
            for name in cell.matches(of: #/`([^`]+)`/#) { names.insert(String(name.1)) }
        }
        return names
    }

    /// All that stands in backticks.
    var words: Set<String> { Set(text.matches(of: #/`([^`\n]+)`/#).map { String($0.1) }) }
}
