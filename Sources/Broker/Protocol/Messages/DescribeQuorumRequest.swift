// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 55 of the Kafka protocol.
struct DescribeQuorumRequest: Message {
    static let apiKey: Int16 = 55
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 0

    var topics: [TopicData] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try TopicData(from: &element, version: version)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        writer.tags(unknownTags)
    }
}

extension DescribeQuorumRequest {
    struct TopicData: Equatable, Sendable {
        var topicName: String = ""
        var partitions: [PartitionData] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            topicName = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try PartitionData(from: &element, version: version)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(topicName, isFlexible)
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            writer.tags(unknownTags)
        }
    }
}

extension DescribeQuorumRequest {
    struct PartitionData: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            partitionIndex = try reader.number(Int32.self)
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            writer.number(partitionIndex)
            writer.tags(unknownTags)
        }
    }
}
