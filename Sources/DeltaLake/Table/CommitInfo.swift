import Formats

/// The line of a commit that says what it was, for people and for those who look for their own.
enum CommitInfo {
    static func value(
        operation: String, parameters: [String: String], notes: [String: Int64] = [:], isBlindAppend: Bool,
        readVersion: Int64?,
        identifier: String, timestamp: Int64
    ) -> JSONValue {
        .members([
            "timestamp": .integer(timestamp), "operation": .string(operation),
            "operationParameters": .texts(parameters.mapValues { $0 }),
            "operationMetrics": notes.isEmpty ? nil : .texts(notes.mapValues { String($0) }),
            "readVersion": readVersion.map { .integer($0) }, "isolationLevel": .string("WriteSerializable"),
            "isBlindAppend": .boolean(isBlindAppend), "engineInfo": .string("Millrace"),
            "txnId": .string(identifier),
        ])
    }

    /// The time that a commit tells itself, in milliseconds since the epoch.
    static func inCommitTimestamp(of actions: [Action]) -> Int64? {
        for case .commitInfo(let value) in actions { return value["inCommitTimestamp"]?.int64 }
        return nil
    }

    /// When its writer began to commit, in milliseconds since the epoch.
    static func timestamp(of actions: [Action]) -> Int64? {
        for case .commitInfo(let value) in actions { return value["timestamp"]?.int64 }
        return nil
    }

    static func identifier(of actions: [Action]) -> String? {
        for action in actions {
            if case .commitInfo(let value) = action { return value["txnId"]?.string }
        }
        return nil
    }
}
