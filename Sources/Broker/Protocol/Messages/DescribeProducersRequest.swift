// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 61 of the Kafka protocol.
struct DescribeProducersRequest: Message {
    static let apiKey: Int16 = 61
    static let validVersions: ClosedRange<Int16> = 0...0
    static let firstFlexibleVersion: Int16 = 0

    var topics: [TopicRequest] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try TopicRequest(from: &element, version: version)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        writer.tags(unknownTags)
    }
}

extension DescribeProducersRequest {
    struct TopicRequest: Equatable, Sendable {
        var name: String = ""
        var partitionIndexes: [Int32] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            name = try reader.string(isFlexible)
            partitionIndexes = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(name, isFlexible)
            writer.array(partitionIndexes, isFlexible) { $0.number($1) }
            writer.tags(unknownTags)
        }
    }
}
