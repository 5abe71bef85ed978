// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 0.
struct ProduceResponse: Message {
    static let apiKey: Int16 = 0
    static let validVersions: ClosedRange<Int16> = 3...13
    static let firstFlexibleVersion: Int16 = 9

    var responses: [TopicProduceResponse] = []
    var throttleTimeMs: Int32 = 0
    var nodeEndpoints: [NodeEndpoint] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 9
        responses = try reader.array(isFlexible) { element throws(MessageError) in
            try TopicProduceResponse(from: &element, version: version)
        }
        if version >= 1 {
            throttleTimeMs = try reader.number(Int32.self)
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
        let isFlexible = version >= 9
        writer.array(responses, isFlexible) { $1.write(to: &$0, version: version) }
        if version >= 1 {
            writer.number(throttleTimeMs)
        }
        if isFlexible {
            var tags = unknownTags
            if version >= 10, nodeEndpoints != [] {
                tags.append(
                    MessageWriter.tag(0) { field in
                        field.array(nodeEndpoints, isFlexible) { $1.write(to: &$0, version: version) }
                    })
            }
            writer.tags(tags)
        }
    }
}

extension ProduceResponse {
    struct TopicProduceResponse: Equatable, Sendable {
        var name: String = ""
        var topicID: Identifier = .zero
        var partitionResponses: [PartitionProduceResponse] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 9
            if version <= 12 {
                name = try reader.string(isFlexible)
            }
            if version >= 13 {
                topicID = try reader.identifier()
            }
            partitionResponses = try reader.array(isFlexible) { element throws(MessageError) in
                try PartitionProduceResponse(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 9
            if version <= 12 {
                writer.string(name, isFlexible)
            }
            if version >= 13 {
                writer.identifier(topicID)
            }
            writer.array(partitionResponses, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension ProduceResponse {
    struct PartitionProduceResponse: Equatable, Sendable {
        var index: Int32 = 0
        var errorCode: Int16 = 0
        var baseOffset: Int64 = 0
        var logAppendTimeMs: Int64 = -1
        var logStartOffset: Int64 = -1
        var recordErrors: [BatchIndexAndErrorMessage] = []
        var errorMessage: String? = nil
        var currentLeader: LeaderIdAndEpoch = LeaderIdAndEpoch()
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 9
            index = try reader.number(Int32.self)
            errorCode = try reader.number(Int16.self)
            baseOffset = try reader.number(Int64.self)
            if version >= 2 {
                logAppendTimeMs = try reader.number(Int64.self)
            }
            if version >= 5 {
                logStartOffset = try reader.number(Int64.self)
            }
            if version >= 8 {
                recordErrors = try reader.array(isFlexible) { element throws(MessageError) in
                    try BatchIndexAndErrorMessage(from: &element, version: version)
                }
                errorMessage = try reader.nullableString(isFlexible)
            }
            if isFlexible {
                unknownTags = try reader.tags { tag, field throws(MessageError) in
                    switch tag {
                    case 0:
                        currentLeader = try LeaderIdAndEpoch(from: &field, version: version)
                    default: return false
                    }
                    return true
                }
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 9
            writer.number(index)
            writer.number(errorCode)
            writer.number(baseOffset)
            if version >= 2 {
                writer.number(logAppendTimeMs)
            }
            if version >= 5 {
                writer.number(logStartOffset)
            }
            if version >= 8 {
                writer.array(recordErrors, isFlexible) { $1.write(to: &$0, version: version) }
                writer.string(errorMessage, isFlexible)
            }
            if isFlexible {
                var tags = unknownTags
                if version >= 10, currentLeader != LeaderIdAndEpoch() {
                    tags.append(
                        MessageWriter.tag(0) { field in
                            currentLeader.write(to: &field, version: version)
                        })
                }
                writer.tags(tags)
            }
        }
    }
}

extension ProduceResponse {
    struct BatchIndexAndErrorMessage: Equatable, Sendable {
        var batchIndex: Int32 = 0
        var batchIndexErrorMessage: String? = nil
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 9
            if version >= 8 {
                batchIndex = try reader.number(Int32.self)
                batchIndexErrorMessage = try reader.nullableString(isFlexible)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 9
            if version >= 8 {
                writer.number(batchIndex)
                writer.string(batchIndexErrorMessage, isFlexible)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension ProduceResponse {
    struct LeaderIdAndEpoch: Equatable, Sendable {
        var leaderID: Int32 = -1
        var leaderEpoch: Int32 = -1
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 9
            if version >= 10 {
                leaderID = try reader.number(Int32.self)
                leaderEpoch = try reader.number(Int32.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 9
            if version >= 10 {
                writer.number(leaderID)
                writer.number(leaderEpoch)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension ProduceResponse {
    struct NodeEndpoint: Equatable, Sendable {
        var nodeID: Int32 = 0
        var host: String = ""
        var port: Int32 = 0
        var rack: String? = nil
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 9
            if version >= 10 {
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
            let isFlexible = version >= 9
            if version >= 10 {
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
