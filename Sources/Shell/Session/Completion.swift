import Diagnostics
import Language

/// What the Tab key puts in or offers, by what stands before the cursor.
struct Completion {
    let names: ServerNames
    /// The lines of the statement before the one with the cursor.
    let earlier: String
    let line: String
    /// In bytes.
    let cursor: Int
    /// Of the terminal.
    let columns: Int

    /// What may stand at the cursor.
    private struct Candidate: Hashable {
        /// What the person types of it.
        let name: String
        /// What is put in: the name, perhaps in quotes.
        let text: String

        init(_ name: String, as text: String? = nil) {
            self.name = name
            self.text = text ?? name
        }
    }

    /// More would push away what the person wrote.
    private static let mostShown = 120

    /// Sources whose columns are asked for without being named.
    private static let mostAsked = 20

    private static let showSubjects = [
        "STREAMS", "TABLES", "TOPICS", "QUERIES", "FUNCTIONS", "TYPES", "CONNECTORS", "PROPERTIES",
        "VARIABLES", "ALL TOPICS", "CONNECTOR PLUGINS",
    ]

    var result: LineEditor.Completed {
        let before = String(decoding: Array(line.utf8).prefix(cursor), as: UTF8.self)
        let text = earlier + before
        let statement = Self.current(text)
        if let quote = Self.openQuote(statement) {
            let typed = String(Self.ending(of: statement) { $0 != quote })
            let first = StatementPiece.split(statement + String(quote)).last?.words.first
            guard first == "PRINT", quote == "'" else { return .nothing }
            return completed(typed, names.topics.map { Candidate($0) }, ending: "'")
        }
        let word = String(
            Self.ending(of: statement) { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "@" })
        let head = String(statement.dropLast(word.count))
        let words = StatementPiece.split(head).last?.words ?? []
        if head.last == "." { return completed(word, named(columnNames, as: word), ending: "") }
        return completed(word, candidates(word, words), ending: " ")
    }

    private func candidates(_ word: String, _ words: [String]) -> [Candidate] {
        let sources = { named(names.sources, as: word) }
        func cased(_ words: [String]) -> [Candidate] { self.cased(words, as: word) }
        switch (words.last, words.first) {
        case (nil, _):
            let commands = earlier.isEmpty ? ShellCommand.words : []
            return cased(LanguageWords.statementStarts)
                + (word.isEmpty ? [] : commands.map { Candidate($0) })
        case ("FROM", _), ("JOIN", _), ("INTO", _): return sources()
        case ("DESCRIBE", _): return sources() + cased(["FUNCTION", "CONNECTOR", "STREAMS", "TABLES"])
        case ("FUNCTION", "DESCRIBE"): return cased(names.functions)
        case ("CONNECTOR", "DESCRIBE"), ("CONNECTOR", "DROP"): return named(names.connectors, as: word)
        case ("STREAM", "DROP"), ("TABLE", "DROP"), ("STREAM", "ALTER"), ("TABLE", "ALTER"),
            ("EXISTS", "DROP"):
            return sources() + cased(["IF EXISTS"])
        case ("TERMINATE", _), ("PAUSE", _), ("RESUME", _):
            return named(names.queries, as: word) + cased(["ALL"])
        case ("EXPLAIN", _): return named(names.queries, as: word) + cased(["SELECT"])
        case ("PRINT", _): return names.topics.map { Candidate($0, as: Self.topic($0)) }
        case ("SHOW", "SHOW"), ("LIST", "LIST"): return cased(Self.showSubjects)
        case ("CREATE", _), ("REPLACE", "CREATE"):
            return cased(["STREAM", "TABLE", "OR REPLACE", "SOURCE", "SINK", "TYPE", "CONNECTOR"])
        case ("DROP", _), ("ALTER", _): return cased(["STREAM", "TABLE", "TYPE", "CONNECTOR", "SYSTEM"])
        case ("HELP", "HELP"): return cased(HelpTopics.topics.map(\.name))
        default:
            let columns = named(columnNames, as: word) + sources()
            // With nothing typed all keywords would be an answer to no question.
            if word.isEmpty { return columns }
            return columns + cased(LanguageWords.all)
                + cased(names.functions).map { Candidate($0.name, as: $0.text + "(") }
        }
    }

    /// The columns of what the statement reads, also behind the cursor.
    private var columnNames: [String] {
        let words = StatementPiece.split(Self.current(earlier + line)).last?.words ?? []
        var found: [String] = []
        for (index, word) in words.enumerated().dropFirst() {
            guard ["FROM", "JOIN", "INTO", "TABLE", "STREAM"].contains(words[index - 1]) else { continue }
            found += names.columns(of: word)
        }
        // Before FROM is written, any source may be meant.
        if !words.contains("FROM"), words.first == "SELECT" {
            for source in names.sources.prefix(Self.mostAsked) { found += names.columns(of: source) }
        }
        return found
    }

    private func completed(
        _ word: String, _ candidates: [Candidate], ending: String
    ) -> LineEditor.Completed {
        let wanted = word.uppercased()
        let matching = candidates.filter { $0.name.uppercased().hasPrefix(wanted) }
        let texts = Array(Set(matching.map(\.text))).sorted()
        guard let first = texts.first else { return .nothing }
        if texts.count == 1 {
            return .replace(erased: word.count, with: first + (first.hasSuffix("(") ? "" : ending))
        }
        let common = texts.dropFirst().reduce(first) { Self.common($0, $1) }
        if common.count > word.count { return .replace(erased: word.count, with: common) }
        return .show(Self.columned(texts, columns))
    }

    // MARK: Texts

    /// What stands behind the last statement that has its semicolon.
    static func current(_ text: String) -> String {
        let pieces = StatementPiece.split(text)
        if let last = pieces.last, !last.isTerminated {
            return String(decoding: Array(text.utf8).dropFirst(last.span.offset), as: UTF8.self)
        }
        return ""
    }

    /// The longest end of a text of which all characters pass.
    private static func ending(of text: String, while passes: (Character) -> Bool) -> Substring {
        var start = text.endIndex
        while start > text.startIndex, passes(text[text.index(before: start)]) {
            start = text.index(before: start)
        }
        return text[start...]
    }

    /// The quote that is open at the end of a statement.
    private static func openQuote(_ text: String) -> Character? {
        var open: Character?
        for character in text {
            if let quote = open {
                if character == quote { open = nil }
            } else if character == "'" || character == "\"" || character == "`" {
                open = character
            }
        }
        return open
    }

    /// Keywords as the person writes: in lower case after lower case.
    private func cased(_ keywords: [String], as word: String) -> [Candidate] {
        let isLower = word.contains { $0.isLowercase }
        return keywords.map { Candidate($0, as: isLower ? $0.lowercased() : $0) }
    }

    /// Names likewise; in quotes where a plain word would mean another one.
    private func named(_ names: [String], as word: String) -> [Candidate] {
        let isLower = word.contains { $0.isLowercase }
        return names.map { name in
            let quoted = ServerNames.quoted(name)
            return Candidate(name, as: quoted == name && isLower ? name.lowercased() : quoted)
        }
    }

    private static func topic(_ name: String) -> String {
        let isPlain = name.utf8.enumerated().allSatisfy { index, byte in
            byte == UInt8(ascii: "_") || (0x41...0x5A).contains(byte & 0xDF)
                || index > 0 && (0x30...0x39).contains(byte)
        }
        return isPlain ? name : "'\(name)'"
    }

    private static func common(_ one: String, _ other: String) -> String {
        var result = ""
        for (left, right) in zip(one, other) {
            guard left == right else { break }
            result.append(left)
        }
        return result
    }

    /// Names in as many columns as fit.
    private static func columned(_ names: [String], _ columns: Int) -> [String] {
        let shown = Array(names.prefix(mostShown))
        let width = (shown.map { DisplayWidth.of($0) }.max() ?? 0) + 2
        let perLine = max(1, columns / width)
        let height = (shown.count + perLine - 1) / perLine
        var lines = (0..<height).map { row in
            var line = ""
            for index in stride(from: row, to: shown.count, by: height) {
                let gap = index + height < shown.count ? width - DisplayWidth.of(shown[index]) : 0
                line += shown[index] + String(repeating: " ", count: gap)
            }
            return line
        }
        if names.count > shown.count { lines.append("… and \(names.count - shown.count) more") }
        return lines
    }
}
