import Diagnostics
import Planning

/// The properties of a `kafka` sink connector: a topic for a relation, whatever the relation is made of.
struct KafkaConnectorOptions {
    let topic: TopicProperties

    private static let known = [
        "connector.class", "from", "topic", "value_format", "key_format", "value_delimiter", "partitions",
        "replicas", "retention_ms", "delivery", "bootstrap.servers",
    ]
    private static let formats: [SourceProperties.Format] = [.json, .delimited, .kafka, .avro, .jsonSchema]

    init(_ plan: SinkPlan) throws(Diagnostic) {
        let properties = plan.properties
        try properties.refuseUnknown(known: Self.known, prefixes: [KafkaAccess.prefix])
        let names = Self.formats.map(\.rawValue)
        func format(_ name: String) throws(Diagnostic) -> SourceProperties.Format? {
            try properties.word(name, of: names).flatMap(SourceProperties.Format.init(rawValue:))
        }
        let relation = plan.from
        var topic = TopicProperties(
            name: properties.text("topic") ?? relation.name.lowercased(),
            keyFormat: try format("key_format") ?? relation.topic?.keyFormat ?? .kafka,
            valueFormat: try format("value_format") ?? relation.topic?.valueFormat ?? .json,
            delimiter: properties.text("value_delimiter") ?? relation.topic?.delimiter)
        if relation.keyCount == 0 { topic.keyFormat = .none }
        // The KAFKA format has one value.
        if relation.keyCount > 1, topic.keyFormat == .kafka { topic.keyFormat = .json }
        topic.partitions = try properties.integer("partitions", in: 1...10_000)
        topic.replicas = try properties.integer("replicas", in: 1...100)
        topic.retention = try properties.integer("retention_ms", in: 0...Int.max).map { Int64($0) }
        for name in properties.names
        where name.hasPrefix(KafkaAccess.prefix) || ["delivery", "bootstrap.servers"].contains(name) {
            topic.connectorOptions[name] = properties.text(name)
        }
        self.topic = topic
    }
}
