import Formats

/// `kafka_topics` and `kafka_topics_extended`: SHOW TOPICS.
struct TopicList: Entity {
    let topics: [EngineSnapshot.TopicStanding]
    /// How many queries read each topic; nil does not tell.
    let readers: [String: Int]?

    init(of snapshot: EngineSnapshot, isExtended: Bool) {
        topics = snapshot.topics.sorted { $0.name < $1.name }
        guard isExtended else {
            readers = nil
            return
        }
        var readers: [String: Int] = [:]
        for query in snapshot.plan.queries {
            for name in Set(query.sources.compactMap { $0.topic?.name }) { readers[name, default: 0] += 1 }
        }
        self.readers = readers
    }

    var type: String { readers == nil ? "kafka_topics" : "kafka_topics_extended" }

    var members: [JSONValue.Member] { [.init("topics", .array(topics.map(entry)))] }

    private func entry(_ topic: EngineSnapshot.TopicStanding) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(topic.name)),
            // One copy of each partition.
            .init("replicaInfo", .array(Array(repeating: 1, count: topic.partitions))),
        ]
        if let readers {
            let count = readers[topic.name] ?? 0
            members.append(.init("consumerCount", .number(count)))
            members.append(.init("consumerGroupCount", .number(count)))
        }
        return .object(members)
    }
}
