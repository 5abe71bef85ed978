// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 23 of the Kafka protocol.
struct OffsetForLeaderEpochRequest: Message {
    static let apiKey: Int16 = 23
    static let validVersions: ClosedRange<Int16> = 2...4
    static let firstFlexibleVersion: Int16 = 4

    var replicaID: Int32 = -2
    var topics: [OffsetForLeaderTopic] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 4
        if version >= 3 {
            replicaID = try reader.number(Int32.self)
        }
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try OffsetForLeaderTopic(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 4
        if version >= 3 {
            writer.number(replicaID)
        }
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension OffsetForLeaderEpochRequest {
    struct OffsetForLeaderTopic: Equatable, Sendable {
        var topic: String = ""
        var partitions: [OffsetForLeaderPartition] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 4
            topic = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try OffsetForLeaderPartition(from: &element, version: version)
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

extension OffsetForLeaderEpochRequest {
    struct OffsetForLeaderPartition: Equatable, Sendable {
        var partition: Int32 = 0
        var currentLeaderEpoch: Int32 = -1
        var leaderEpoch: Int32 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 4
            partition = try reader.number(Int32.self)
            if version >= 2 {
                currentLeaderEpoch = try reader.number(Int32.self)
            }
            leaderEpoch = try reader.number(Int32.self)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 4
            writer.number(partition)
            if version >= 2 {
                writer.number(currentLeaderEpoch)
            }
            writer.number(leaderEpoch)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
