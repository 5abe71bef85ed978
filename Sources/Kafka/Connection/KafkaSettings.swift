/// Which cluster, and how it is spoken to.
public struct KafkaSettings: Hashable, Sendable, CustomStringConvertible {
    /// `HOST:PORT`, several separated by commas.
    public var servers: String
    /// librdkafka's properties by their names; secrets are among them.
    public var properties: [String: String]

    public init(servers: String, properties: [String: String] = [:]) {
        self.servers = servers
        self.properties = properties
    }

    /// Only where: no property may be in a message.
    public var description: String { servers }

    /// Properties on which exactly-once processing rests, so they are not for people to set.
    public static let reserved = [
        "bootstrap.servers", "metadata.broker.list", "group.id", "enable.auto.commit",
        "enable.auto.offset.store",
        "enable.partition.eof", "auto.offset.reset", "auto.commit.enable", "transactional.id",
        "enable.idempotence", "partition.assignment.strategy", "delivery.report.only.error",
    ]
}
