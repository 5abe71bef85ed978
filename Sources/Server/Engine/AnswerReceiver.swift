import Columnar
import Diagnostics

/// Takes the rows of a push query or of PRINT. Called by one thread at a time; must not block.
public protocol AnswerReceiver: Sendable {
    /// Whether it takes more now; while it does not, the query rests.
    var hasRoom: Bool { get }

    /// Rows in order.
    ///
    /// - Parameters:
    ///   - columns: one for each column of the answer.
    ///   - deleted: rows of a table that are gone, whose values but those of the key are NULL; nil is none.
    /// - Returns: false ends the query.
    func receive(_ columns: [Column], count: Int, deleted: Bitmap?) -> Bool

    /// No more rows: the limit is reached or somebody has ended it (`nil`), or why it stopped.
    func end(_ failure: Diagnostic?)
}
