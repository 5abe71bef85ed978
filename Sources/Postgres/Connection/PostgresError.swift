import Diagnostics

/// Why something with a database failed, told by what the caller can do next.
public enum PostgresError: Error, Sendable {
    /// The database is away or busy: wait and try again.
    case unavailable(Diagnostic)
    /// The database refuses what the rows hold: a constraint, a value out of range.
    case rejected(ServerMessage)
    /// Will not work until a person changes something.
    case refused(Diagnostic)

    /// What a person reads.
    public var diagnostic: Diagnostic {
        switch self {
        case .unavailable(let diagnostic), .refused(let diagnostic): return diagnostic
        case .rejected(let message): return Diagnostic(.malformedData, message.text, hint: message.hint)
        }
    }

    /// - Parameter place: the database, without its password.
    init(_ message: ServerMessage, at place: String) {
        switch message.kind {
        case .rejected: self = .rejected(message)
        case .unavailable:
            self = .unavailable(
                Diagnostic(
                    .unavailable, "\(place) can't do it now: \(message.text)",
                    hint: "it is tried again until the database can"))
        case .refused:
            let code: DiagnosticCode = message.sqlState == "42501" ? .permission : .invalidStatement
            self = .refused(
                Diagnostic(code, "\(place) refuses: \(message.text)", hint: message.advice))
        }
    }
}
