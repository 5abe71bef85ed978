/// What can be done with topics.
enum TopicSubject: String, CommandSubject, Sendable {
    case list
    case describe
    case create
    case delete
    case consume
    case produce

    /// The flags beside the cluster's and the output's that say something here.
    var flags: Set<String> {
        switch self {
        case .list: ["--all"]
        case .describe, .delete: []
        case .create: ["--partitions", "--replicas", "--config"]
        case .consume: ["--from", "--partition", "--limit", "--follow", "--values"]
        case .produce: ["--key-separator", "--partition"]
        }
    }

    var needsTopic: Bool { self != .list }
}
