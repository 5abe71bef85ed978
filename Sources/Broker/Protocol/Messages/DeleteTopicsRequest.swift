// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 20 of the Kafka protocol.
struct DeleteTopicsRequest: Message {
    static let apiKey: Int16 = 20
    static let validVersions: ClosedRange<Int16> = 1...6
    static let firstFlexibleVersion: Int16 = 4

    var topics: [DeleteTopicState] = []
    var topicNames: [String] = []
    var timeoutMs: Int32 = 0
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 4
        if version >= 6 {
            topics = try reader.array(isFlexible) { element throws(MessageError) in
                try DeleteTopicState(from: &element, version: version)
            }
        }
        if version <= 5 {
            topicNames = try reader.array(isFlexible) { element throws(MessageError) in
                try element.string(isFlexible)
            }
        }
        timeoutMs = try reader.number(Int32.self)
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 4
        if version >= 6 {
            writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        }
        if version <= 5 {
            writer.array(topicNames, isFlexible) { $0.string($1, isFlexible) }
        }
        writer.number(timeoutMs)
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension DeleteTopicsRequest {
    struct DeleteTopicState: Equatable, Sendable {
        var name: String? = nil
        var topicID: Identifier = .zero
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 4
            if version >= 6 {
                name = try reader.nullableString(isFlexible)
                topicID = try reader.identifier()
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 4
            if version >= 6 {
                writer.string(name, isFlexible)
                writer.identifier(topicID)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
