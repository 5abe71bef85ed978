/// A topic as it is listed.
public struct TopicDescription: Hashable, Sendable {
    public let name: String
    public let identity: TopicIdentity
    public let partitionCount: Int
    /// What was set, by Kafka's names; all else has its default.
    public let configuration: [String: String]

    init(_ topic: Topic) {
        name = topic.name
        identity = TopicIdentity(topic.identifier)
        partitionCount = topic.partitionCount
        configuration = topic.configuration.values
    }
}
