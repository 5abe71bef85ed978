import Formats

/// `terminate_query`: TERMINATE of a push query.
struct TerminatedQuery: Entity {
    let id: String
    let wasTerminated: Bool

    var type: String { "terminate_query" }

    var members: [JSONValue.Member] {
        [.init("queryId", .string(id)), .init("wasTerminated", .boolean(wasTerminated))]
    }
}
