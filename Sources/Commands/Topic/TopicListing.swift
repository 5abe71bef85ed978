import Diagnostics
import Formats
import Kafka

/// Prints what topics a cluster has, or what one is.
struct TopicListing {
    private let settings: KafkaSettings
    private let topics: KafkaTopics
    private let showsAll: Bool

    private static let milliseconds = 10_000

    init(_ settings: KafkaSettings, showsAll: Bool) throws(KafkaError) {
        self.settings = settings
        topics = try KafkaTopics(settings)
        self.showsAll = showsAll
    }

    func print(_ console: Console, _ isJSON: Bool) throws(KafkaError) {
        let found = try topics.all().filter { showsAll || !$0.isInternal }
        if isJSON {
            let list = found.map { topic in
                JSONValue.object([
                    .init("topic", .string(topic.name)), .init("partitions", number(topic.partitions.count)),
                    .init("replicas", number(topic.partitions.first?.replicas.count ?? 0)),
                ])
            }
            return console.output.line(JSONValue.object([.init("topics", .array(list))]).text)
        }
        var table = TextTable([("TOPIC", .left), ("PARTITIONS", .right), ("REPLICAS", .right)])
        for topic in found {
            table.add([
                topic.name, String(topic.partitions.count),
                String(topic.partitions.first?.replicas.count ?? 0),
            ])
        }
        console.output.line(
            table.isEmpty ? "no topics" : table.lines().joined(separator: "\n"))
    }

    func describe(_ name: String, _ console: Console, _ isJSON: Bool) throws(KafkaError) {
        let topic = try topics.topic(name)
        let consumer = try KafkaConsumer(
            settings, topic: name, group: "millrace.topic", queueBytes: 1 << 20, onInput: {})
        let bounds = try consumer.bounds(
            topic.partitions.map(\.number), milliseconds: Self.milliseconds)
        // A cluster that does not tell its topics' properties may well tell the rest.
        let properties = ((try? topics.configuration(name)) ?? []).filter { !$0.isStandard }
        if isJSON {
            return console.output.line(json(topic, bounds, properties).text)
        }
        var table = TextTable([
            ("PARTITION", .right), ("LEADER", .right), ("REPLICAS", .left), ("IN SYNC", .left),
            ("FIRST", .right), ("END", .right),
        ])
        for partition in topic.partitions {
            let range = bounds[partition.number] ?? 0..<0
            table.add([
                String(partition.number), partition.leader.map(String.init) ?? "none",
                list(partition.replicas), list(partition.inSync), String(range.lowerBound),
                String(range.upperBound),
            ])
        }
        let records = bounds.values.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
        let count = topic.partitions.count
        console.output.line(
            "\(name): \(count) \(count == 1 ? "partition" : "partitions"), about \(records) records")
        console.output.line(table.lines(indent: "  ").joined(separator: "\n"))
        for property in properties { console.output.line("  \(property.name) = \(property.value)") }
    }

    private func json(
        _ topic: KafkaTopic, _ bounds: [Int: Range<Int64>], _ properties: [KafkaTopic.Property]
    ) -> JSONValue {
        let partitions = topic.partitions.map { partition in
            JSONValue.object([
                .init("partition", number(partition.number)),
                .init("leader", partition.leader.map(number) ?? .null),
                .init("replicas", .array(partition.replicas.map(number))),
                .init("in_sync", .array(partition.inSync.map(number))),
                .init("first", number(Int(bounds[partition.number]?.lowerBound ?? 0))),
                .init("end", number(Int(bounds[partition.number]?.upperBound ?? 0))),
            ])
        }
        return .object([
            .init("topic", .string(topic.name)), .init("partitions", .array(partitions)),
            .init(
                "config",
                .object(properties.map { JSONValue.Member($0.name, .string($0.value)) })),
        ])
    }

    private func number(_ value: Int) -> JSONValue { .number(String(value)) }

    private func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ",") }
}
