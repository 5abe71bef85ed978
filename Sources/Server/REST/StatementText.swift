import Diagnostics

/// Statements' texts as answers show them.
enum StatementText {
    /// With its semicolon, and without passwords.
    static func shown(_ text: String) -> String {
        var trimmed = text[...]
        while let first = trimmed.first, first.isWhitespace { trimmed.removeFirst() }
        while let last = trimmed.last, last.isWhitespace || last == ";" { trimmed.removeLast() }
        return trimmed.isEmpty ? "" : SecretMask.masked(String(trimmed)) + ";"
    }
}
