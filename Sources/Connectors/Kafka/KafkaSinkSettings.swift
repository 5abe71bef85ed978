import Kafka
import Planning

/// What a relation's messages are and where they go.
public struct KafkaSinkSettings: Sendable {
    public var cluster: KafkaSettings
    public var relation: Relation
    /// Its name and the formats of its messages.
    public var topic: TopicProperties
    /// Whether each epoch is written once, in a transaction; if not, an epoch that a crash has broken off may
    /// be there twice.
    public var isExactlyOnce = true

    public init(cluster: KafkaSettings, relation: Relation, topic: TopicProperties) {
        self.cluster = cluster
        self.relation = relation
        self.topic = topic
    }

    /// How the topic is made where it is not there.
    var creation: KafkaNewTopic {
        var configuration: [String: String] = [:]
        // The latest value of each key is what a table is.
        if relation.kind == .table { configuration["cleanup.policy"] = "compact" }
        if let retention = topic.retention { configuration["retention.ms"] = String(retention) }
        return KafkaNewTopic(
            topic.name, partitions: topic.partitions ?? 1, replicas: topic.replicas,
            configuration: configuration)
    }
}
