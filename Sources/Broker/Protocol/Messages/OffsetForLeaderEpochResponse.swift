// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 23.
struct OffsetForLeaderEpochResponse: Message {
    static let apiKey: Int16 = 23
    static let validVersions: ClosedRange<Int16> = 2...4
    static let firstFlexibleVersion: Int16 = 4

    var throttleTimeMs: Int32 = 0
    var topics: [OffsetForLeaderTopicResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 4
        if version >= 2 {
            throttleTimeMs = try reader.number(Int32.self)
        }
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try OffsetForLeaderTopicResult(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 4
        if version >= 2 {
            writer.number(throttleTimeMs)
        }
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension OffsetForLeaderEpochResponse {
    struct OffsetForLeaderTopicResult: Equatable, Sendable {
        var topic: String = ""
        var partitions: [EpochEndOffset] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 4
            topic = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try EpochEndOffset(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 4
            writer.string(topic, isFlexible)
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension OffsetForLeaderEpochResponse {
    struct EpochEndOffset: Equatable, Sendable {
        var errorCode: Int16 = 0
        var partition: Int32 = 0
        var leaderEpoch: Int32 = -1
        var endOffset: Int64 = -1
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 4
            errorCode = try reader.number(Int16.self)
            partition = try reader.number(Int32.self)
            if version >= 1 {
                leaderEpoch = try reader.number(Int32.self)
            }
            endOffset = try reader.number(Int64.self)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 4
            writer.number(errorCode)
            writer.number(partition)
            if version >= 1 {
                writer.number(leaderEpoch)
            }
            writer.number(endOffset)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
