// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 75 of the Kafka protocol.
struct DescribeTopicPartitionsRequest: Message {
    static let apiKey: Int16 = 75
    static let validVersions: ClosedRange<Int16> = 0...0
    static let firstFlexibleVersion: Int16 = 0

    var topics: [TopicRequest] = []
    var responsePartitionLimit: Int32 = 2000
    var cursor: Cursor? = nil
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try TopicRequest(from: &element, version: version)
        }
        responsePartitionLimit = try reader.number(Int32.self)
        cursor = try reader.nullable { element throws(MessageError) in
            try Cursor(from: &element, version: version)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        writer.number(responsePartitionLimit)
        writer.nullable(cursor) { $1.write(to: &$0, version: version) }
        writer.tags(unknownTags)
    }
}

extension DescribeTopicPartitionsRequest {
    struct TopicRequest: Equatable, Sendable {
        var name: String = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            name = try reader.string(isFlexible)
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(name, isFlexible)
            writer.tags(unknownTags)
        }
    }
}

extension DescribeTopicPartitionsRequest {
    struct Cursor: Equatable, Sendable {
        var topicName: String = ""
        var partitionIndex: Int32 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            topicName = try reader.string(isFlexible)
            partitionIndex = try reader.number(Int32.self)
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(topicName, isFlexible)
            writer.number(partitionIndex)
            writer.tags(unknownTags)
        }
    }
}
