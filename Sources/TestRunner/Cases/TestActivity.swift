import Synchronization

/// What a test is at, for whoever wonders why it does not end. From any thread.
public final class TestActivity: Sendable {
    private let text = Mutex("begun")

    public init() {}

    public var current: String { text.withLock { $0 } }

    func note(_ what: String) { text.withLock { $0 = what } }

    /// The statement on one line, and not all of a long one.
    func note(statement: String) {
        let words = statement.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        note("the statement \(words.prefix(Self.shownCharacters))")
    }

    private static let shownCharacters = 160
}
