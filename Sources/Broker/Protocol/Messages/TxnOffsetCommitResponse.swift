// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 28.
struct TxnOffsetCommitResponse: Message {
    static let apiKey: Int16 = 28
    static let validVersions: ClosedRange<Int16> = 0...5
    static let firstFlexibleVersion: Int16 = 3

    var throttleTimeMs: Int32 = 0
    var topics: [TxnOffsetCommitResponseTopic] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 3
        throttleTimeMs = try reader.number(Int32.self)
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try TxnOffsetCommitResponseTopic(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 3
        writer.number(throttleTimeMs)
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension TxnOffsetCommitResponse {
    struct TxnOffsetCommitResponseTopic: Equatable, Sendable {
        var name: String = ""
        var partitions: [TxnOffsetCommitResponsePartition] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 3
            name = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try TxnOffsetCommitResponsePartition(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 3
            writer.string(name, isFlexible)
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension TxnOffsetCommitResponse {
    struct TxnOffsetCommitResponsePartition: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var errorCode: Int16 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 3
            partitionIndex = try reader.number(Int32.self)
            errorCode = try reader.number(Int16.self)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 3
            writer.number(partitionIndex)
            writer.number(errorCode)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
