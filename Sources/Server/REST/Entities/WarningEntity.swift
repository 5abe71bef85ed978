import Formats

/// `warning_entity`: a statement that did nothing, such as CREATE … IF NOT EXISTS of what is there.
struct WarningEntity: Entity {
    let message: String

    var type: String { "warning_entity" }
    var members: [JSONValue.Member] { [.init("message", .string(message))] }
}
