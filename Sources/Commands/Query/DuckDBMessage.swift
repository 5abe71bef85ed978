import Diagnostics

/// An error of DuckDB's command line, taken apart.
///
/// ```
/// Binder Error: Referenced column "foo" not found in FROM clause!
/// Candidate bindings: "fo"
///
/// LINE 1: select foo from t
///                ^
/// ```
struct DuckDBMessage: Equatable {
    private let message: String
    /// What it proposes.
    private let advice: [String]
    private var lineNumber: Int?
    /// The shown part of the line, and the caret's place in it, in characters from 0.
    private var excerpt = ""
    private var caret = 0

    /// nil when nothing was said.
    init?(_ text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if let place = lines.firstIndex(where: { $0.hasPrefix("LINE ") }),
            let colon = lines[place].firstIndex(of: ":")
        {
            lineNumber = Int(lines[place].dropFirst(5).prefix { $0.isNumber })
            let start = lines[place].distance(from: lines[place].startIndex, to: colon) + 2
            excerpt = String(lines[place].dropFirst(start))
            if place + 1 < lines.count, let mark = lines[place + 1].firstIndex(of: "^") {
                caret = max(0, lines[place + 1].distance(from: lines[place + 1].startIndex, to: mark) - start)
            }
            lines.removeSubrange(place...)
        }
        let said = lines.map { DuckDBMessage.trimmed($0) }.filter { !$0.isEmpty }
        guard let first = said.first else { return nil }
        message = first
        advice = Array(said.dropFirst())
    }

    /// The name in `Table with name X does not exist!`.
    var missingTable: String? {
        guard let start = message.firstRange(of: "Table with name ") else { return nil }
        let rest = message[start.upperBound...]
        guard let end = rest.firstRange(of: " does not exist") else { return nil }
        return String(rest[..<end.lowerBound])
    }

    /// - Parameter sql: the text that was asked.
    func diagnostic(sql: String) -> Diagnostic {
        Diagnostic(
            .evaluation, "DuckDB: \(message)", at: location(in: sql),
            hint: advice.isEmpty ? nil : advice.joined(separator: " "))
    }

    private func location(in sql: String) -> SourceLocation? {
        let lines = sql.split(separator: "\n", omittingEmptySubsequences: false)
        guard let lineNumber, lines.indices.contains(lineNumber - 1) else { return nil }
        let line = String(lines[lineNumber - 1])
        var column = caret
        if excerpt.hasPrefix("...") || excerpt.hasSuffix("...") {
            // A long line is shown in part: the part says where the caret is.
            let isCutBefore = excerpt.hasPrefix("...")
            var part = isCutBefore ? excerpt.dropFirst(3) : excerpt[...]
            if part.hasSuffix("...") { part = part.dropLast(3) }
            guard let range = line.firstRange(of: part) else { return nil }
            column += line.distance(from: line.startIndex, to: range.lowerBound) - (isCutBefore ? 3 : 0)
        }
        let word = line.dropFirst(column).prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
        return SourceLocation(
            line: lineNumber, column: column + 1, length: max(1, word.utf8.count), sourceLine: line)
    }

    private static func trimmed(_ line: String) -> String {
        var line = line[...]
        while line.last?.isWhitespace == true || line.last == "!" { line.removeLast() }
        while line.first?.isWhitespace == true { line.removeFirst() }
        return String(line)
    }
}
