// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 8 of the Kafka protocol.
struct OffsetCommitRequest: Message {
    static let apiKey: Int16 = 8
    static let validVersions: ClosedRange<Int16> = 2...10
    static let firstFlexibleVersion: Int16 = 8

    var groupID: String = ""
    var generationIDOrMemberEpoch: Int32 = -1
    var memberID: String = ""
    var groupInstanceID: String? = nil
    var retentionTimeMs: Int64 = -1
    var topics: [OffsetCommitRequestTopic] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 8
        groupID = try reader.string(isFlexible)
        if version >= 1 {
            generationIDOrMemberEpoch = try reader.number(Int32.self)
            memberID = try reader.string(isFlexible)
        }
        if version >= 7 {
            groupInstanceID = try reader.nullableString(isFlexible)
        }
        if version >= 2 && version <= 4 {
            retentionTimeMs = try reader.number(Int64.self)
        }
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try OffsetCommitRequestTopic(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 8
        writer.string(groupID, isFlexible)
        if version >= 1 {
            writer.number(generationIDOrMemberEpoch)
            writer.string(memberID, isFlexible)
        }
        if version >= 7 {
            writer.string(groupInstanceID, isFlexible)
        }
        if version >= 2 && version <= 4 {
            writer.number(retentionTimeMs)
        }
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension OffsetCommitRequest {
    struct OffsetCommitRequestTopic: Equatable, Sendable {
        var name: String = ""
        var topicID: Identifier = .zero
        var partitions: [OffsetCommitRequestPartition] = []
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
                try OffsetCommitRequestPartition(from: &element, version: version)
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

extension OffsetCommitRequest {
    struct OffsetCommitRequestPartition: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var committedOffset: Int64 = 0
        var committedLeaderEpoch: Int32 = -1
        var commitTimestamp: Int64 = -1
        var committedMetadata: String? = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 8
            partitionIndex = try reader.number(Int32.self)
            committedOffset = try reader.number(Int64.self)
            if version >= 6 {
                committedLeaderEpoch = try reader.number(Int32.self)
            }
            if version >= 1 && version <= 1 {
                commitTimestamp = try reader.number(Int64.self)
            }
            committedMetadata = try reader.nullableString(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 8
            writer.number(partitionIndex)
            writer.number(committedOffset)
            if version >= 6 {
                writer.number(committedLeaderEpoch)
            }
            if version >= 1 && version <= 1 {
                writer.number(commitTimestamp)
            }
            writer.string(committedMetadata, isFlexible)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
