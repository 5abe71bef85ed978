import Synchronization

/// Answers that clients are reading, by the id of their push query.
final class OpenAnswers: Sendable {
    private let answers = Mutex<[String: AnswerStream]>([:])

    func add(_ answer: AnswerStream, _ id: String) { answers.withLock { $0[id] = answer } }

    @discardableResult
    func remove(_ id: String) -> AnswerStream? { answers.withLock { $0.removeValue(forKey: id) } }

    var count: Int { answers.withLock { $0.count } }

    /// Bytes that clients have not taken yet.
    var waitingBytes: Int { answers.withLock { $0.values.reduce(0) { $0 + $1.waitingBytes } } }
}
