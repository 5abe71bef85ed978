/// What is said to the shell itself. Needs no semicolon, and no statement begins with these words.
enum ShellCommand: Equatable {
    /// About a statement, or about all.
    case help(String?)
    /// Names the server, or asks which one it is.
    case server(String?)
    case output(String?)
    case history
    case clear
    case version
    case exit

    static let words = ["help", "server", "output", "history", "clear", "version", "exit", "quit"]

    /// nil for what is no command.
    init?(_ line: String) {
        var text = line[...]
        while let last = text.last, last == ";" || last.isWhitespace { text.removeLast() }
        let words = text.split(maxSplits: 1, omittingEmptySubsequences: true) { $0.isWhitespace }
        guard let first = words.first?.lowercased() else { return nil }
        let rest = words.count > 1 ? String(words[1]) : nil
        switch first {
        case "help", "?", "\\?", "\\h": self = .help(rest)
        case "server": self = .server(rest.map(Self.unquoted))
        case "output": self = .output(rest.map(Self.unquoted))
        case "history": self = .history
        case "clear": self = .clear
        case "version": self = .version
        case "exit", "quit", "\\q": self = .exit
        default: return nil
        }
        // `history` and the others stand alone.
        let takesNothing = [.history, .clear, .version, .exit].contains(self)
        if takesNothing, rest != nil { return nil }
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count > 1, let quote = text.first, quote == "'" || quote == "\"", text.last == quote
        else { return text }
        return String(text.dropFirst().dropLast())
    }
}
