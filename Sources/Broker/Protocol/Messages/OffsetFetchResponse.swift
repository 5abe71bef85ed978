// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 9.
struct OffsetFetchResponse: Message {
    static let apiKey: Int16 = 9
    static let validVersions: ClosedRange<Int16> = 1...10
    static let firstFlexibleVersion: Int16 = 6

    var throttleTimeMs: Int32 = 0
    var topics: [OffsetFetchResponseTopic] = []
    var errorCode: Int16 = 0
    var groups: [OffsetFetchResponseGroup] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 6
        if version >= 3 {
            throttleTimeMs = try reader.number(Int32.self)
        }
        if version <= 7 {
            topics = try reader.array(isFlexible) { element throws(MessageError) in
                try OffsetFetchResponseTopic(from: &element, version: version)
            }
        }
        if version >= 2 && version <= 7 {
            errorCode = try reader.number(Int16.self)
        }
        if version >= 8 {
            groups = try reader.array(isFlexible) { element throws(MessageError) in
                try OffsetFetchResponseGroup(from: &element, version: version)
            }
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 6
        if version >= 3 {
            writer.number(throttleTimeMs)
        }
        if version <= 7 {
            writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        }
        if version >= 2 && version <= 7 {
            writer.number(errorCode)
        }
        if version >= 8 {
            writer.array(groups, isFlexible) { $1.write(to: &$0, version: version) }
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension OffsetFetchResponse {
    struct OffsetFetchResponseTopic: Equatable, Sendable {
        var name: String = ""
        var partitions: [OffsetFetchResponsePartition] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 6
            if version <= 7 {
                name = try reader.string(isFlexible)
                partitions = try reader.array(isFlexible) { element throws(MessageError) in
                    try OffsetFetchResponsePartition(from: &element, version: version)
                }
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 6
            if version <= 7 {
                writer.string(name, isFlexible)
                writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension OffsetFetchResponse {
    struct OffsetFetchResponsePartition: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var committedOffset: Int64 = 0
        var committedLeaderEpoch: Int32 = -1
        var metadata: String? = ""
        var errorCode: Int16 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 6
            if version <= 7 {
                partitionIndex = try reader.number(Int32.self)
                committedOffset = try reader.number(Int64.self)
            }
            if version >= 5 && version <= 7 {
                committedLeaderEpoch = try reader.number(Int32.self)
            }
            if version <= 7 {
                metadata = try reader.nullableString(isFlexible)
                errorCode = try reader.number(Int16.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 6
            if version <= 7 {
                writer.number(partitionIndex)
                writer.number(committedOffset)
            }
            if version >= 5 && version <= 7 {
                writer.number(committedLeaderEpoch)
            }
            if version <= 7 {
                writer.string(metadata, isFlexible)
                writer.number(errorCode)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension OffsetFetchResponse {
    struct OffsetFetchResponseGroup: Equatable, Sendable {
        var groupID: String = ""
        var topics: [OffsetFetchResponseTopics] = []
        var errorCode: Int16 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 6
            if version >= 8 {
                groupID = try reader.string(isFlexible)
                topics = try reader.array(isFlexible) { element throws(MessageError) in
                    try OffsetFetchResponseTopics(from: &element, version: version)
                }
                errorCode = try reader.number(Int16.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 6
            if version >= 8 {
                writer.string(groupID, isFlexible)
                writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
                writer.number(errorCode)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension OffsetFetchResponse {
    struct OffsetFetchResponseTopics: Equatable, Sendable {
        var name: String = ""
        var topicID: Identifier = .zero
        var partitions: [OffsetFetchResponsePartitions] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 6
            if version >= 8 && version <= 9 {
                name = try reader.string(isFlexible)
            }
            if version >= 10 {
                topicID = try reader.identifier()
            }
            if version >= 8 {
                partitions = try reader.array(isFlexible) { element throws(MessageError) in
                    try OffsetFetchResponsePartitions(from: &element, version: version)
                }
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 6
            if version >= 8 && version <= 9 {
                writer.string(name, isFlexible)
            }
            if version >= 10 {
                writer.identifier(topicID)
            }
            if version >= 8 {
                writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension OffsetFetchResponse {
    struct OffsetFetchResponsePartitions: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var committedOffset: Int64 = 0
        var committedLeaderEpoch: Int32 = -1
        var metadata: String? = ""
        var errorCode: Int16 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 6
            if version >= 8 {
                partitionIndex = try reader.number(Int32.self)
                committedOffset = try reader.number(Int64.self)
                committedLeaderEpoch = try reader.number(Int32.self)
                metadata = try reader.nullableString(isFlexible)
                errorCode = try reader.number(Int16.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 6
            if version >= 8 {
                writer.number(partitionIndex)
                writer.number(committedOffset)
                writer.number(committedLeaderEpoch)
                writer.string(metadata, isFlexible)
                writer.number(errorCode)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
