// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 2 of the Kafka protocol.
struct ListOffsetsRequest: Message {
    static let apiKey: Int16 = 2
    static let validVersions: ClosedRange<Int16> = 1...11
    static let firstFlexibleVersion: Int16 = 6

    var replicaID: Int32 = 0
    var isolationLevel: Int8 = 0
    var topics: [ListOffsetsTopic] = []
    var timeoutMs: Int32 = 0
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 6
        replicaID = try reader.number(Int32.self)
        if version >= 2 {
            isolationLevel = try reader.number(Int8.self)
        }
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try ListOffsetsTopic(from: &element, version: version)
        }
        if version >= 10 {
            timeoutMs = try reader.number(Int32.self)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 6
        writer.number(replicaID)
        if version >= 2 {
            writer.number(isolationLevel)
        }
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        if version >= 10 {
            writer.number(timeoutMs)
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension ListOffsetsRequest {
    struct ListOffsetsTopic: Equatable, Sendable {
        var name: String = ""
        var partitions: [ListOffsetsPartition] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 6
            name = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try ListOffsetsPartition(from: &element, version: version)
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

extension ListOffsetsRequest {
    struct ListOffsetsPartition: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var currentLeaderEpoch: Int32 = -1
        var timestamp: Int64 = 0
        var maxNumOffsets: Int32 = 1
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 6
            partitionIndex = try reader.number(Int32.self)
            if version >= 4 {
                currentLeaderEpoch = try reader.number(Int32.self)
            }
            timestamp = try reader.number(Int64.self)
            if version <= 0 {
                maxNumOffsets = try reader.number(Int32.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 6
            writer.number(partitionIndex)
            if version >= 4 {
                writer.number(currentLeaderEpoch)
            }
            writer.number(timestamp)
            if version <= 0 {
                writer.number(maxNumOffsets)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
