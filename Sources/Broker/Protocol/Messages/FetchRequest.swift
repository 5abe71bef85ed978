// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 1 of the Kafka protocol.
struct FetchRequest: Message {
    static let apiKey: Int16 = 1
    static let validVersions: ClosedRange<Int16> = 4...18
    static let firstFlexibleVersion: Int16 = 12

    var clusterID: String? = nil
    var replicaID: Int32 = -1
    var replicaState: ReplicaState = ReplicaState()
    var maxWaitMs: Int32 = 0
    var minBytes: Int32 = 0
    var maxBytes: Int32 = 2147483647
    var isolationLevel: Int8 = 0
    var sessionID: Int32 = 0
    var sessionEpoch: Int32 = -1
    var topics: [FetchTopic] = []
    var forgottenTopicsData: [ForgottenTopic] = []
    var rackID: String = ""
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 12
        if version <= 14 {
            replicaID = try reader.number(Int32.self)
        }
        maxWaitMs = try reader.number(Int32.self)
        minBytes = try reader.number(Int32.self)
        if version >= 3 {
            maxBytes = try reader.number(Int32.self)
        }
        if version >= 4 {
            isolationLevel = try reader.number(Int8.self)
        }
        if version >= 7 {
            sessionID = try reader.number(Int32.self)
            sessionEpoch = try reader.number(Int32.self)
        }
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try FetchTopic(from: &element, version: version)
        }
        if version >= 7 {
            forgottenTopicsData = try reader.array(isFlexible) { element throws(MessageError) in
                try ForgottenTopic(from: &element, version: version)
            }
        }
        if version >= 11 {
            rackID = try reader.string(isFlexible)
        }
        if isFlexible {
            unknownTags = try reader.tags { tag, field throws(MessageError) in
                switch tag {
                case 0:
                    clusterID = try field.nullableString(isFlexible)
                case 1:
                    replicaState = try ReplicaState(from: &field, version: version)
                default: return false
                }
                return true
            }
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 12
        if version <= 14 {
            writer.number(replicaID)
        }
        writer.number(maxWaitMs)
        writer.number(minBytes)
        if version >= 3 {
            writer.number(maxBytes)
        }
        if version >= 4 {
            writer.number(isolationLevel)
        }
        if version >= 7 {
            writer.number(sessionID)
            writer.number(sessionEpoch)
        }
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        if version >= 7 {
            writer.array(forgottenTopicsData, isFlexible) { $1.write(to: &$0, version: version) }
        }
        if version >= 11 {
            writer.string(rackID, isFlexible)
        }
        if isFlexible {
            var tags = unknownTags
            if version >= 12, clusterID != nil {
                tags.append(
                    MessageWriter.tag(0) { field in
                        field.string(clusterID, isFlexible)
                    })
            }
            if version >= 15, replicaState != ReplicaState() {
                tags.append(
                    MessageWriter.tag(1) { field in
                        replicaState.write(to: &field, version: version)
                    })
            }
            writer.tags(tags)
        }
    }
}

extension FetchRequest {
    struct ReplicaState: Equatable, Sendable {
        var replicaID: Int32 = -1
        var replicaEpoch: Int64 = -1
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 12
            if version >= 15 {
                replicaID = try reader.number(Int32.self)
                replicaEpoch = try reader.number(Int64.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 12
            if version >= 15 {
                writer.number(replicaID)
                writer.number(replicaEpoch)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension FetchRequest {
    struct FetchTopic: Equatable, Sendable {
        var topic: String = ""
        var topicID: Identifier = .zero
        var partitions: [FetchPartition] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 12
            if version <= 12 {
                topic = try reader.string(isFlexible)
            }
            if version >= 13 {
                topicID = try reader.identifier()
            }
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try FetchPartition(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 12
            if version <= 12 {
                writer.string(topic, isFlexible)
            }
            if version >= 13 {
                writer.identifier(topicID)
            }
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension FetchRequest {
    struct FetchPartition: Equatable, Sendable {
        var partition: Int32 = 0
        var currentLeaderEpoch: Int32 = -1
        var fetchOffset: Int64 = 0
        var lastFetchedEpoch: Int32 = -1
        var logStartOffset: Int64 = -1
        var partitionMaxBytes: Int32 = 0
        var replicaDirectoryID: Identifier = .zero
        var highWatermark: Int64 = 9223372036854775807
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 12
            partition = try reader.number(Int32.self)
            if version >= 9 {
                currentLeaderEpoch = try reader.number(Int32.self)
            }
            fetchOffset = try reader.number(Int64.self)
            if version >= 12 {
                lastFetchedEpoch = try reader.number(Int32.self)
            }
            if version >= 5 {
                logStartOffset = try reader.number(Int64.self)
            }
            partitionMaxBytes = try reader.number(Int32.self)
            if isFlexible {
                unknownTags = try reader.tags { tag, field throws(MessageError) in
                    switch tag {
                    case 0:
                        replicaDirectoryID = try field.identifier()
                    case 1:
                        highWatermark = try field.number(Int64.self)
                    default: return false
                    }
                    return true
                }
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 12
            writer.number(partition)
            if version >= 9 {
                writer.number(currentLeaderEpoch)
            }
            writer.number(fetchOffset)
            if version >= 12 {
                writer.number(lastFetchedEpoch)
            }
            if version >= 5 {
                writer.number(logStartOffset)
            }
            writer.number(partitionMaxBytes)
            if isFlexible {
                var tags = unknownTags
                if version >= 17, replicaDirectoryID != .zero {
                    tags.append(
                        MessageWriter.tag(0) { field in
                            field.identifier(replicaDirectoryID)
                        })
                }
                if version >= 18, highWatermark != 9223372036854775807 {
                    tags.append(
                        MessageWriter.tag(1) { field in
                            field.number(highWatermark)
                        })
                }
                writer.tags(tags)
            }
        }
    }
}

extension FetchRequest {
    struct ForgottenTopic: Equatable, Sendable {
        var topic: String = ""
        var topicID: Identifier = .zero
        var partitions: [Int32] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 12
            if version >= 7 && version <= 12 {
                topic = try reader.string(isFlexible)
            }
            if version >= 13 {
                topicID = try reader.identifier()
            }
            if version >= 7 {
                partitions = try reader.array(isFlexible) { element throws(MessageError) in
                    try element.number(Int32.self)
                }
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 12
            if version >= 7 && version <= 12 {
                writer.string(topic, isFlexible)
            }
            if version >= 13 {
                writer.identifier(topicID)
            }
            if version >= 7 {
                writer.array(partitions, isFlexible) { $0.number($1) }
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
