// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 35 of the Kafka protocol.
struct DescribeLogDirsRequest: Message {
    static let apiKey: Int16 = 35
    static let validVersions: ClosedRange<Int16> = 1...5
    static let firstFlexibleVersion: Int16 = 2

    var topics: [DescribableLogDirTopic]? = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        topics = try reader.nullableArray(isFlexible) { element throws(MessageError) in
            try DescribableLogDirTopic(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension DescribeLogDirsRequest {
    struct DescribableLogDirTopic: Equatable, Sendable {
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
