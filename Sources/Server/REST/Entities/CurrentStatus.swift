import Formats

/// `currentStatus`: CREATE, DROP, ALTER, INSERT INTO … SELECT, TERMINATE, PAUSE, RESUME.
struct CurrentStatus: Entity {
    let commandID: String
    let status: CommandStatus
    let sequence: Int64

    var type: String { "currentStatus" }

    var members: [JSONValue.Member] {
        [
            .init("commandId", .string(commandID)), .init("commandStatus", status.json),
            .init("commandSequenceNumber", .number(sequence)),
        ]
    }
}
