// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 43 of the Kafka protocol.
struct ElectLeadersRequest: Message {
    static let apiKey: Int16 = 43
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 2

    var electionType: Int8 = 0
    var topicPartitions: [TopicPartitions]? = []
    var timeoutMs: Int32 = 60000
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        if version >= 1 {
            electionType = try reader.number(Int8.self)
        }
        topicPartitions = try reader.nullableArray(isFlexible) { element throws(MessageError) in
            try TopicPartitions(from: &element, version: version)
        }
        timeoutMs = try reader.number(Int32.self)
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        if version >= 1 {
            writer.number(electionType)
        }
        writer.array(topicPartitions, isFlexible) { $1.write(to: &$0, version: version) }
        writer.number(timeoutMs)
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension ElectLeadersRequest {
    struct TopicPartitions: Equatable, Sendable {
        var topic: String = ""
        var partitions: [Int32] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            topic = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.string(topic, isFlexible)
            writer.array(partitions, isFlexible) { $0.number($1) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
