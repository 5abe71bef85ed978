// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 8.
struct OffsetCommitResponse: Message {
    static let apiKey: Int16 = 8
    static let validVersions: ClosedRange<Int16> = 2...10
    static let firstFlexibleVersion: Int16 = 8

    var throttleTimeMs: Int32 = 0
    var topics: [OffsetCommitResponseTopic] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 8
        if version >= 3 {
            throttleTimeMs = try reader.number(Int32.self)
        }
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try OffsetCommitResponseTopic(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 8
        if version >= 3 {
            writer.number(throttleTimeMs)
        }
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension OffsetCommitResponse {
    struct OffsetCommitResponseTopic: Equatable, Sendable {
        var name: String = ""
        var topicID: Identifier = .zero
        var partitions: [OffsetCommitResponsePartition] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 8
            if version <= 9 {
                name = try reader.string(isFlexible)
            }
            if version >= 10 {
                topicID = try reader.identifier()
            }
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try OffsetCommitResponsePartition(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 8
            if version <= 9 {
                writer.string(name, isFlexible)
            }
            if version >= 10 {
                writer.identifier(topicID)
            }
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension OffsetCommitResponse {
    struct OffsetCommitResponsePartition: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var errorCode: Int16 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 8
            partitionIndex = try reader.number(Int32.self)
            errorCode = try reader.number(Int16.self)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 8
            writer.number(partitionIndex)
            writer.number(errorCode)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
