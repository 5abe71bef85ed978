import Diagnostics
import Formats

/// A piece of what a query answers, in the order in which it comes.
enum AnswerPart: Sendable, Equatable {
    /// Comes once, before the rows.
    case columns([AnswerColumn], queryID: String?)
    /// `isGone` tells of a row of a table that is no more; then only its key has values.
    case row([JSONValue], isGone: Bool)
    /// Why there are no more rows, such as a limit that is reached.
    case note(String)
    case failure(Diagnostic)
}
