/// A topic that is to be made.
public struct KafkaNewTopic: Sendable {
    public var name: String
    public var partitions: Int
    /// nil leaves it to the cluster.
    public var replicas: Int?
    /// The topic's properties, such as `retention.ms`.
    public var configuration: [String: String]

    public init(
        _ name: String, partitions: Int, replicas: Int? = nil, configuration: [String: String] = [:]
    ) {
        self.name = name
        self.partitions = partitions
        self.replicas = replicas
        self.configuration = configuration
    }
}
