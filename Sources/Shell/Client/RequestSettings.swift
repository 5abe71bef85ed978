import Formats

/// What goes along with a statement.
struct RequestSettings: Sendable {
    /// Set by SET, by name.
    var properties: [String: String] = [:]
    /// Set by DEFINE, by name.
    var variables: [String: String] = [:]
    /// The last statement that this session knows to be done: the server answers only when it is done there
    /// too.
    var sequence: Int64?

    static func object(_ texts: [String: String]) -> JSONValue {
        .object(texts.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) })
    }
}
