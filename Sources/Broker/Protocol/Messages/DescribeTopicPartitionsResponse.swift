// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 75.
struct DescribeTopicPartitionsResponse: Message {
    static let apiKey: Int16 = 75
    static let validVersions: ClosedRange<Int16> = 0...0
    static let firstFlexibleVersion: Int16 = 0

    var throttleTimeMs: Int32 = 0
    var topics: [DescribeTopicPartitionsResponseTopic] = []
    var nextCursor: Cursor? = nil
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        throttleTimeMs = try reader.number(Int32.self)
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try DescribeTopicPartitionsResponseTopic(from: &element, version: version)
        }
        nextCursor = try reader.nullable { element throws(MessageError) in
            try Cursor(from: &element, version: version)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.number(throttleTimeMs)
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        writer.nullable(nextCursor) { $1.write(to: &$0, version: version) }
        writer.tags(unknownTags)
    }
}

extension DescribeTopicPartitionsResponse {
    struct DescribeTopicPartitionsResponseTopic: Equatable, Sendable {
        var errorCode: Int16 = 0
        var name: String? = ""
        var topicID: Identifier = .zero
        var isInternal: Bool = false
        var partitions: [DescribeTopicPartitionsResponsePartition] = []
        var topicAuthorizedOperations: Int32 = -2147483648
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            errorCode = try reader.number(Int16.self)
            name = try reader.nullableString(isFlexible)
            topicID = try reader.identifier()
            isInternal = try reader.bool()
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try DescribeTopicPartitionsResponsePartition(from: &element, version: version)
            }
            topicAuthorizedOperations = try reader.number(Int32.self)
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.number(errorCode)
            writer.string(name, isFlexible)
            writer.identifier(topicID)
            writer.bool(isInternal)
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            writer.number(topicAuthorizedOperations)
            writer.tags(unknownTags)
        }
    }
}

extension DescribeTopicPartitionsResponse {
    struct DescribeTopicPartitionsResponsePartition: Equatable, Sendable {
        var errorCode: Int16 = 0
        var partitionIndex: Int32 = 0
        var leaderID: Int32 = 0
        var leaderEpoch: Int32 = -1
        var replicaNodes: [Int32] = []
        var isrNodes: [Int32] = []
        var eligibleLeaderReplicas: [Int32]? = nil
        var lastKnownElr: [Int32]? = nil
        var offlineReplicas: [Int32] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            errorCode = try reader.number(Int16.self)
            partitionIndex = try reader.number(Int32.self)
            leaderID = try reader.number(Int32.self)
            leaderEpoch = try reader.number(Int32.self)
            replicaNodes = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            isrNodes = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            eligibleLeaderReplicas = try reader.nullableArray(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            lastKnownElr = try reader.nullableArray(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            offlineReplicas = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.number(errorCode)
            writer.number(partitionIndex)
            writer.number(leaderID)
            writer.number(leaderEpoch)
            writer.array(replicaNodes, isFlexible) { $0.number($1) }
            writer.array(isrNodes, isFlexible) { $0.number($1) }
            writer.array(eligibleLeaderReplicas, isFlexible) { $0.number($1) }
            writer.array(lastKnownElr, isFlexible) { $0.number($1) }
            writer.array(offlineReplicas, isFlexible) { $0.number($1) }
            writer.tags(unknownTags)
        }
    }
}

extension DescribeTopicPartitionsResponse {
    struct Cursor: Equatable, Sendable {
        var topicName: String = ""
        var partitionIndex: Int32 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            topicName = try reader.string(isFlexible)
            partitionIndex = try reader.number(Int32.self)
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(topicName, isFlexible)
            writer.number(partitionIndex)
            writer.tags(unknownTags)
        }
    }
}
