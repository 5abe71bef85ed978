// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 55.
struct DescribeQuorumResponse: Message {
    static let apiKey: Int16 = 55
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 0

    var errorCode: Int16 = 0
    var errorMessage: String? = ""
    var topics: [TopicData] = []
    var nodes: [Node] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        errorCode = try reader.number(Int16.self)
        if version >= 2 {
            errorMessage = try reader.nullableString(isFlexible)
        }
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try TopicData(from: &element, version: version)
        }
        if version >= 2 {
            nodes = try reader.array(isFlexible) { element throws(MessageError) in
                try Node(from: &element, version: version)
            }
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.number(errorCode)
        if version >= 2 {
            writer.string(errorMessage, isFlexible)
        }
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        if version >= 2 {
            writer.array(nodes, isFlexible) { $1.write(to: &$0, version: version) }
        }
        writer.tags(unknownTags)
    }
}

extension DescribeQuorumResponse {
    struct TopicData: Equatable, Sendable {
        var topicName: String = ""
        var partitions: [PartitionData] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            topicName = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try PartitionData(from: &element, version: version)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(topicName, isFlexible)
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            writer.tags(unknownTags)
        }
    }
}

extension DescribeQuorumResponse {
    struct PartitionData: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var errorCode: Int16 = 0
        var errorMessage: String? = ""
        var leaderID: Int32 = 0
        var leaderEpoch: Int32 = 0
        var highWatermark: Int64 = 0
        var currentVoters: [ReplicaState] = []
        var observers: [ReplicaState] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            partitionIndex = try reader.number(Int32.self)
            errorCode = try reader.number(Int16.self)
            if version >= 2 {
                errorMessage = try reader.nullableString(isFlexible)
            }
            leaderID = try reader.number(Int32.self)
            leaderEpoch = try reader.number(Int32.self)
            highWatermark = try reader.number(Int64.self)
            currentVoters = try reader.array(isFlexible) { element throws(MessageError) in
                try ReplicaState(from: &element, version: version)
            }
            observers = try reader.array(isFlexible) { element throws(MessageError) in
                try ReplicaState(from: &element, version: version)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.number(partitionIndex)
            writer.number(errorCode)
            if version >= 2 {
                writer.string(errorMessage, isFlexible)
            }
            writer.number(leaderID)
            writer.number(leaderEpoch)
            writer.number(highWatermark)
            writer.array(currentVoters, isFlexible) { $1.write(to: &$0, version: version) }
            writer.array(observers, isFlexible) { $1.write(to: &$0, version: version) }
            writer.tags(unknownTags)
        }
    }
}

extension DescribeQuorumResponse {
    struct Node: Equatable, Sendable {
        var nodeID: Int32 = 0
        var listeners: [Listener] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            if version >= 2 {
                nodeID = try reader.number(Int32.self)
                listeners = try reader.array(isFlexible) { element throws(MessageError) in
                    try Listener(from: &element, version: version)
                }
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            if version >= 2 {
                writer.number(nodeID)
                writer.array(listeners, isFlexible) { $1.write(to: &$0, version: version) }
            }
            writer.tags(unknownTags)
        }
    }
}

extension DescribeQuorumResponse {
    struct Listener: Equatable, Sendable {
        var name: String = ""
        var host: String = ""
        var port: UInt16 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            if version >= 2 {
                name = try reader.string(isFlexible)
                host = try reader.string(isFlexible)
                port = try reader.number(UInt16.self)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            if version >= 2 {
                writer.string(name, isFlexible)
                writer.string(host, isFlexible)
                writer.number(port)
            }
            writer.tags(unknownTags)
        }
    }
}

extension DescribeQuorumResponse {
    struct ReplicaState: Equatable, Sendable {
        var replicaID: Int32 = 0
        var replicaDirectoryID: Identifier = .zero
        var logEndOffset: Int64 = 0
        var lastFetchTimestamp: Int64 = -1
        var lastCaughtUpTimestamp: Int64 = -1
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            replicaID = try reader.number(Int32.self)
            if version >= 2 {
                replicaDirectoryID = try reader.identifier()
            }
            logEndOffset = try reader.number(Int64.self)
            if version >= 1 {
                lastFetchTimestamp = try reader.number(Int64.self)
                lastCaughtUpTimestamp = try reader.number(Int64.self)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            writer.number(replicaID)
            if version >= 2 {
                writer.identifier(replicaDirectoryID)
            }
            writer.number(logEndOffset)
            if version >= 1 {
                writer.number(lastFetchTimestamp)
                writer.number(lastCaughtUpTimestamp)
            }
            writer.tags(unknownTags)
        }
    }
}
