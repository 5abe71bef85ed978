import Formats

/// One line of a commit: a change of the table's state.
enum Action: Equatable, Sendable {
    case tableProtocol(TableProtocol)
    case metadata(TableMetadata)
    case add(AddFile)
    case remove(RemoveFile)
    case transaction(SetTransaction)
    case commitInfo(JSONValue)
    case domain(DomainMetadata)
    /// A file of the change data feed.
    static func changes(_ file: AddFile) -> Action {
        .other(
            name: "cdc",
            .members([
                "path": .string(file.path), "partitionValues": .texts(file.partitionValues),
                "size": .integer(file.size), "dataChange": .boolean(false),
            ]))
    }

    /// An action that changes no state that is kept here, such as `cdc`.
    case other(name: String, JSONValue)
}

/// A named piece of configuration that some feature keeps in the log.
struct DomainMetadata: Equatable, Sendable {
    let domain: String
    let configuration: String
    let isRemoved: Bool
}
