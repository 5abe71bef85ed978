import Foundation

/// A text file of the repository with what the rules look at.
struct SourceFile {
    /// From the root of the repository, such as `Sources/State/Table.swift`.
    let path: String
    let text: String
    let lines: [Substring]
    let tokens: [Token]
    let comments: [Int: String]
    let linesInStrings: Set<Int>

    init(path: String, text: String) {
        self.path = path
        self.text = text
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        self.lines = lines
        let scanner = path.hasSuffix(".swift") ? SwiftScanner(text) : SwiftScanner("")
        tokens = scanner.tokens
        comments = scanner.comments
        linesInStrings = scanner.linesInStrings
    }

    var isSwift: Bool { path.hasSuffix(".swift") }
    var components: [Substring] { path.split(separator: "/") }

    /// `State` of `Sources/State/Merge/Run.swift`.
    var target: String? {
        let components = components
        guard components.count > 2, components[0] == "Sources" || components[0] == "Tests" else { return nil }
        return String(components[1])
    }

    /// The name without folders and ending: `Table+Merge`.
    var name: String {
        let last = components.last ?? ""
        return String(last.prefix(upTo: last.lastIndex(of: ".") ?? last.endIndex))
    }

    /// Whether the line, or the comment right above it, holds `// Proof:`.
    func isProved(line: Int) -> Bool {
        if comments[line]?.contains("// Proof:") == true { return true }
        var above = line - 1
        while above > 0, let comment = comments[above],
            lines[above - 1].drop(while: { $0 == " " }).hasPrefix("//")
        {
            if comment.contains("// Proof:") { return true }
            above -= 1
        }
        return false
    }

    func finding(_ message: String, line: Int? = nil) -> Finding {
        Finding(path: path, line: line, message: message)
    }
}
