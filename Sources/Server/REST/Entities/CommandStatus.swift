import Formats

/// How a statement that changes something ended.
struct CommandStatus: Sendable, Equatable {
    var isDone = true
    let message: String
    let queryID: String?

    var word: String { isDone ? "SUCCESS" : "ERROR" }

    var json: JSONValue {
        [
            "status": .string(word), "message": .string(message),
            "queryId": queryID.map { .string($0) } ?? .null,
        ]
    }
}
