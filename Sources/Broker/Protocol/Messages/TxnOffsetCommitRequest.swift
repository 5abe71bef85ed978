// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 28 of the Kafka protocol.
struct TxnOffsetCommitRequest: Message {
    static let apiKey: Int16 = 28
    static let validVersions: ClosedRange<Int16> = 0...5
    static let firstFlexibleVersion: Int16 = 3

    var transactionalID: String = ""
    var groupID: String = ""
    var producerID: Int64 = 0
    var producerEpoch: Int16 = 0
    var generationID: Int32 = -1
    var memberID: String = ""
    var groupInstanceID: String? = nil
    var topics: [TxnOffsetCommitRequestTopic] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 3
        transactionalID = try reader.string(isFlexible)
        groupID = try reader.string(isFlexible)
        producerID = try reader.number(Int64.self)
        producerEpoch = try reader.number(Int16.self)
        if version >= 3 {
            generationID = try reader.number(Int32.self)
            memberID = try reader.string(isFlexible)
            groupInstanceID = try reader.nullableString(isFlexible)
        }
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try TxnOffsetCommitRequestTopic(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 3
        writer.string(transactionalID, isFlexible)
        writer.string(groupID, isFlexible)
        writer.number(producerID)
        writer.number(producerEpoch)
        if version >= 3 {
            writer.number(generationID)
            writer.string(memberID, isFlexible)
            writer.string(groupInstanceID, isFlexible)
        }
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension TxnOffsetCommitRequest {
    struct TxnOffsetCommitRequestTopic: Equatable, Sendable {
        var name: String = ""
        var partitions: [TxnOffsetCommitRequestPartition] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 3
            name = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try TxnOffsetCommitRequestPartition(from: &element, version: version)
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

extension TxnOffsetCommitRequest {
    struct TxnOffsetCommitRequestPartition: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var committedOffset: Int64 = 0
        var committedLeaderEpoch: Int32 = -1
        var committedMetadata: String? = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 3
            partitionIndex = try reader.number(Int32.self)
            committedOffset = try reader.number(Int64.self)
            if version >= 2 {
                committedLeaderEpoch = try reader.number(Int32.self)
            }
            committedMetadata = try reader.nullableString(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 3
            writer.number(partitionIndex)
            writer.number(committedOffset)
            if version >= 2 {
                writer.number(committedLeaderEpoch)
            }
            writer.string(committedMetadata, isFlexible)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
