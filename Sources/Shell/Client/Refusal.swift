import Diagnostics
import Formats

/// What a server answers instead of a result.
struct Refusal {
    /// HTTP's status; 200 for an error behind rows that came.
    let status: Int
    /// The answer's body.
    let body: String

    /// Its place, if it has one, counts within the statement and has no line of text.
    func diagnostic(for address: ServerAddress) -> Diagnostic {
        if let value = try? JSONValue(parsing: body), let told = Refusal.diagnostic(in: value) { return told }
        switch status {
        case 401, 403:
            return Diagnostic(
                .permission,
                status == 401 && address.user == nil
                    ? "\(address.url) wants a name and a password"
                    : "\(address.url) does not let \(address.user ?? "you") in",
                hint: "give --user NAME; the password is asked for, or is that of MILLRACE_PASSWORD")
        case 500...:
            return Diagnostic(.unavailable, "\(address.url) answers HTTP \(status)\(detail)")
        default:
            return Diagnostic(
                .unavailable, "\(address.url) is no ksqlDB server: it answers HTTP \(status)\(detail)",
                hint: "millrace serve is one; its address is \(ServerAddress.standard)")
        }
    }

    private var detail: String {
        let line = body.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.isEmpty || line.hasPrefix("<") ? "" : ": \(DisplayWidth.cut(line, to: 200))"
    }

    /// What an object with a `message` says; nil for other values.
    static func diagnostic(in value: JSONValue) -> Diagnostic? {
        guard let message = value["message"]?.string, value["error_code"] != nil || value["code"] != nil
        else { return nil }
        var diagnostic = diagnostic(message: message)
        // Millrace's servers tell the parts of their message one by one too.
        if let reason = value["reason"]?.string { diagnostic.message = reason }
        let code = value["error_code"]?.int ?? value["code"]?.int ?? 0
        switch code / 100 {
        case 401, 403: diagnostic.code = .permission
        case 404: diagnostic.code = .notFound
        case 503: diagnostic.code = .unavailable
        case 500...: diagnostic.code = .internalError
        default: diagnostic.code = .invalidStatement
        }
        if code / 100 == 401 {
            diagnostic.hint = "give --user NAME; the password is asked for, or is that of MILLRACE_PASSWORD"
        }
        if let line = value["line"]?.int, let column = value["column"]?.int {
            diagnostic.location = SourceLocation(
                line: line, column: column, length: value["length"]?.int ?? 0)
        }
        if let expected = value["expected"]?.string { diagnostic.expected = expected }
        if let hint = value["hint"]?.string { diagnostic.hint = hint }
        return diagnostic
    }

    /// Takes a message apart: its place (`line 1:8: …` or `Line: 1, Col: 8: …`), what was expected, and the
    /// statement, which the reader has before their eyes.
    static func diagnostic(message: String) -> Diagnostic {
        var expected: String?
        var hint: String?
        var kept: [Substring] = []
        for line in message.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("Statement: ") { break }
            if line.hasPrefix("Expecting "), expected == nil {
                expected = String(line.dropFirst(10))
            } else if line.hasPrefix("Did you mean "), hint == nil {
                hint = "d" + line.dropFirst()
            } else {
                kept.append(line)
            }
        }
        var location: SourceLocation?
        if let first = kept.first, let (line, column, rest) = place(first) {
            location = SourceLocation(line: line, column: column)
            kept[0] = rest
        }
        let text = kept.joined(separator: " ")
        return Diagnostic(
            .invalidStatement, text.isEmpty ? "the server refuses it" : text, at: location,
            expected: expected,
            hint: hint)
    }

    private static func place(_ text: Substring) -> (line: Int, column: Int, rest: Substring)? {
        var rest = text
        func number() -> Int? {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            return Int(digits)
        }
        func skip(_ word: String) -> Bool {
            guard rest.lowercased().hasPrefix(word) else { return false }
            rest = rest.dropFirst(word.count)
            return true
        }
        guard skip("line") else { return nil }
        _ = skip(":")
        guard skip(" "), let line = number() else { return nil }
        guard skip(":") || skip(", col: "), let column = number(), skip(":") else { return nil }
        _ = skip(" ")
        return (line, column, rest)
    }
}
