import Diagnostics

extension TopicProperties {
    static let partitionRange = 1...10_000

    /// Properties that go on to the connector.
    static let connectorOptions = [
        "bootstrap.servers", "group.id", "start", "auto.offset.reset", "delivery", "discovery_interval",
    ]
    /// Begins the names of the Kafka client's own properties, which also go there.
    static let clientPrefix = "kafka."

    /// Reads what of a WITH clause is about the topic beside the formats.
    mutating func read(_ properties: ConnectorProperties) throws(Diagnostic) {
        partitions = try properties.integer("partitions", in: Self.partitionRange)
        replicas = try properties.integer("replicas", in: 1...100)
        retention = try Self.retention(properties)
        for name in properties.names
        where Self.connectorOptions.contains(name) || name.hasPrefix(Self.clientPrefix) {
            connectorOptions[name] = properties.text(name)
        }
    }

    /// What `retention_ms` says: milliseconds, -1 is for ever.
    static func retention(_ properties: ConnectorProperties) throws(Diagnostic) -> Int64? {
        guard let number = try properties.integer("retention_ms", in: -1...Int.max), number >= 0 else {
            return nil
        }
        return Int64(number)
    }
}
