// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 2.
struct ListOffsetsResponse: Message {
    static let apiKey: Int16 = 2
    static let validVersions: ClosedRange<Int16> = 1...11
    static let firstFlexibleVersion: Int16 = 6

    var throttleTimeMs: Int32 = 0
    var topics: [ListOffsetsTopicResponse] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 6
        if version >= 2 {
            throttleTimeMs = try reader.number(Int32.self)
        }
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try ListOffsetsTopicResponse(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 6
        if version >= 2 {
            writer.number(throttleTimeMs)
        }
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension ListOffsetsResponse {
    struct ListOffsetsTopicResponse: Equatable, Sendable {
        var name: String = ""
        var partitions: [ListOffsetsPartitionResponse] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 6
            name = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try ListOffsetsPartitionResponse(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 6
            writer.string(name, isFlexible)
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension ListOffsetsResponse {
    struct ListOffsetsPartitionResponse: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var errorCode: Int16 = 0
        var oldStyleOffsets: [Int64] = []
        var timestamp: Int64 = -1
        var offset: Int64 = -1
        var leaderEpoch: Int32 = -1
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 6
            partitionIndex = try reader.number(Int32.self)
            errorCode = try reader.number(Int16.self)
            if version <= 0 {
                oldStyleOffsets = try reader.array(isFlexible) { element throws(MessageError) in
                    try element.number(Int64.self)
                }
            }
            if version >= 1 {
                timestamp = try reader.number(Int64.self)
                offset = try reader.number(Int64.self)
            }
            if version >= 4 {
                leaderEpoch = try reader.number(Int32.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 6
            writer.number(partitionIndex)
            writer.number(errorCode)
            if version <= 0 {
                writer.array(oldStyleOffsets, isFlexible) { $0.number($1) }
            }
            if version >= 1 {
                writer.number(timestamp)
                writer.number(offset)
            }
            if version >= 4 {
                writer.number(leaderEpoch)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
