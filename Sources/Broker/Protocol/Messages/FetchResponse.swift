// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 1.
struct FetchResponse: Message {
    static let apiKey: Int16 = 1
    static let validVersions: ClosedRange<Int16> = 4...18
    static let firstFlexibleVersion: Int16 = 12

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var sessionID: Int32 = 0
    var responses: [FetchableTopicResponse] = []
    var nodeEndpoints: [NodeEndpoint] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 12
        if version >= 1 {
            throttleTimeMs = try reader.number(Int32.self)
        }
        if version >= 7 {
            errorCode = try reader.number(Int16.self)
            sessionID = try reader.number(Int32.self)
        }
        responses = try reader.array(isFlexible) { element throws(MessageError) in
            try FetchableTopicResponse(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags { tag, field throws(MessageError) in
                switch tag {
                case 0:
                    nodeEndpoints = try field.array(isFlexible) { element throws(MessageError) in
                        try NodeEndpoint(from: &element, version: version)
                    }
                default: return false
                }
                return true
            }
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 12
        if version >= 1 {
            writer.number(throttleTimeMs)
        }
        if version >= 7 {
            writer.number(errorCode)
            writer.number(sessionID)
        }
        writer.array(responses, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            var tags = unknownTags
            if version >= 16, nodeEndpoints != [] {
                tags.append(
                    MessageWriter.tag(0) { field in
                        field.array(nodeEndpoints, isFlexible) { $1.write(to: &$0, version: version) }
                    })
            }
            writer.tags(tags)
        }
    }
}

extension FetchResponse {
    struct FetchableTopicResponse: Equatable, Sendable {
        var topic: String = ""
        var topicID: Identifier = .zero
        var partitions: [PartitionData] = []
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
                try PartitionData(from: &element, version: version)
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

extension FetchResponse {
    struct PartitionData: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var errorCode: Int16 = 0
        var highWatermark: Int64 = 0
        var lastStableOffset: Int64 = -1
        var logStartOffset: Int64 = -1
        var divergingEpoch: EpochEndOffset = EpochEndOffset()
        var currentLeader: LeaderIdAndEpoch = LeaderIdAndEpoch()
        var snapshotID: SnapshotId = SnapshotId()
        var abortedTransactions: [AbortedTransaction]? = []
        var preferredReadReplica: Int32 = -1
        var records: [UInt8]? = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 12
            partitionIndex = try reader.number(Int32.self)
            errorCode = try reader.number(Int16.self)
            highWatermark = try reader.number(Int64.self)
            if version >= 4 {
                lastStableOffset = try reader.number(Int64.self)
            }
            if version >= 5 {
                logStartOffset = try reader.number(Int64.self)
            }
            if version >= 4 {
                abortedTransactions = try reader.nullableArray(isFlexible) { element throws(MessageError) in
                    try AbortedTransaction(from: &element, version: version)
                }
            }
            if version >= 11 {
                preferredReadReplica = try reader.number(Int32.self)
            }
            records = try reader.nullableBytes(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags { tag, field throws(MessageError) in
                    switch tag {
                    case 0:
                        divergingEpoch = try EpochEndOffset(from: &field, version: version)
                    case 1:
                        currentLeader = try LeaderIdAndEpoch(from: &field, version: version)
                    case 2:
                        snapshotID = try SnapshotId(from: &field, version: version)
                    default: return false
                    }
                    return true
                }
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 12
            writer.number(partitionIndex)
            writer.number(errorCode)
            writer.number(highWatermark)
            if version >= 4 {
                writer.number(lastStableOffset)
            }
            if version >= 5 {
                writer.number(logStartOffset)
            }
            if version >= 4 {
                writer.array(abortedTransactions, isFlexible) { $1.write(to: &$0, version: version) }
            }
            if version >= 11 {
                writer.number(preferredReadReplica)
            }
            writer.bytes(records, isFlexible)
            if isFlexible {
                var tags = unknownTags
                if version >= 12, divergingEpoch != EpochEndOffset() {
                    tags.append(
                        MessageWriter.tag(0) { field in
                            divergingEpoch.write(to: &field, version: version)
                        })
                }
                if version >= 12, currentLeader != LeaderIdAndEpoch() {
                    tags.append(
                        MessageWriter.tag(1) { field in
                            currentLeader.write(to: &field, version: version)
                        })
                }
                if version >= 12, snapshotID != SnapshotId() {
                    tags.append(
                        MessageWriter.tag(2) { field in
                            snapshotID.write(to: &field, version: version)
                        })
                }
                writer.tags(tags)
            }
        }
    }
}

extension FetchResponse {
    struct EpochEndOffset: Equatable, Sendable {
        var epoch: Int32 = -1
        var endOffset: Int64 = -1
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 12
            if version >= 12 {
                epoch = try reader.number(Int32.self)
                endOffset = try reader.number(Int64.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 12
            if version >= 12 {
                writer.number(epoch)
                writer.number(endOffset)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension FetchResponse {
    struct LeaderIdAndEpoch: Equatable, Sendable {
        var leaderID: Int32 = -1
        var leaderEpoch: Int32 = -1
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 12
            if version >= 12 {
                leaderID = try reader.number(Int32.self)
                leaderEpoch = try reader.number(Int32.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 12
            if version >= 12 {
                writer.number(leaderID)
                writer.number(leaderEpoch)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension FetchResponse {
    struct SnapshotId: Equatable, Sendable {
        var endOffset: Int64 = -1
        var epoch: Int32 = -1
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 12
            endOffset = try reader.number(Int64.self)
            epoch = try reader.number(Int32.self)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 12
            writer.number(endOffset)
            writer.number(epoch)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension FetchResponse {
    struct AbortedTransaction: Equatable, Sendable {
        var producerID: Int64 = 0
        var firstOffset: Int64 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 12
            if version >= 4 {
                producerID = try reader.number(Int64.self)
                firstOffset = try reader.number(Int64.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 12
            if version >= 4 {
                writer.number(producerID)
                writer.number(firstOffset)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension FetchResponse {
    struct NodeEndpoint: Equatable, Sendable {
        var nodeID: Int32 = 0
        var host: String = ""
        var port: Int32 = 0
        var rack: String? = nil
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 12
            if version >= 16 {
                nodeID = try reader.number(Int32.self)
                host = try reader.string(isFlexible)
                port = try reader.number(Int32.self)
                rack = try reader.nullableString(isFlexible)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 12
            if version >= 16 {
                writer.number(nodeID)
                writer.string(host, isFlexible)
                writer.number(port)
                writer.string(rack, isFlexible)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
