// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 3.
struct MetadataResponse: Message {
    static let apiKey: Int16 = 3
    static let validVersions: ClosedRange<Int16> = 0...13
    static let firstFlexibleVersion: Int16 = 9

    var throttleTimeMs: Int32 = 0
    var brokers: [MetadataResponseBroker] = []
    var clusterID: String? = nil
    var controllerID: Int32 = -1
    var topics: [MetadataResponseTopic] = []
    var clusterAuthorizedOperations: Int32 = -2147483648
    var errorCode: Int16 = 0
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 9
        if version >= 3 {
            throttleTimeMs = try reader.number(Int32.self)
        }
        brokers = try reader.array(isFlexible) { element throws(MessageError) in
            try MetadataResponseBroker(from: &element, version: version)
        }
        if version >= 2 {
            clusterID = try reader.nullableString(isFlexible)
        }
        if version >= 1 {
            controllerID = try reader.number(Int32.self)
        }
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try MetadataResponseTopic(from: &element, version: version)
        }
        if version >= 8 && version <= 10 {
            clusterAuthorizedOperations = try reader.number(Int32.self)
        }
        if version >= 13 {
            errorCode = try reader.number(Int16.self)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 9
        if version >= 3 {
            writer.number(throttleTimeMs)
        }
        writer.array(brokers, isFlexible) { $1.write(to: &$0, version: version) }
        if version >= 2 {
            writer.string(clusterID, isFlexible)
        }
        if version >= 1 {
            writer.number(controllerID)
        }
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        if version >= 8 && version <= 10 {
            writer.number(clusterAuthorizedOperations)
        }
        if version >= 13 {
            writer.number(errorCode)
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension MetadataResponse {
    struct MetadataResponseBroker: Equatable, Sendable {
        var nodeID: Int32 = 0
        var host: String = ""
        var port: Int32 = 0
        var rack: String? = nil
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 9
            nodeID = try reader.number(Int32.self)
            host = try reader.string(isFlexible)
            port = try reader.number(Int32.self)
            if version >= 1 {
                rack = try reader.nullableString(isFlexible)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 9
            writer.number(nodeID)
            writer.string(host, isFlexible)
            writer.number(port)
            if version >= 1 {
                writer.string(rack, isFlexible)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension MetadataResponse {
    struct MetadataResponseTopic: Equatable, Sendable {
        var errorCode: Int16 = 0
        var name: String? = ""
        var topicID: Identifier = .zero
        var isInternal: Bool = false
        var partitions: [MetadataResponsePartition] = []
        var topicAuthorizedOperations: Int32 = -2147483648
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 9
            errorCode = try reader.number(Int16.self)
            if version >= 12 {
                name = try reader.nullableString(isFlexible)
            } else {
                name = try reader.string(isFlexible)
            }
            if version >= 10 {
                topicID = try reader.identifier()
            }
            if version >= 1 {
                isInternal = try reader.bool()
            }
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try MetadataResponsePartition(from: &element, version: version)
            }
            if version >= 8 {
                topicAuthorizedOperations = try reader.number(Int32.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 9
            writer.number(errorCode)
            if version >= 12 {
                writer.string(name, isFlexible)
            } else {
                writer.string((name ?? ""), isFlexible)
            }
            if version >= 10 {
                writer.identifier(topicID)
            }
            if version >= 1 {
                writer.bool(isInternal)
            }
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            if version >= 8 {
                writer.number(topicAuthorizedOperations)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension MetadataResponse {
    struct MetadataResponsePartition: Equatable, Sendable {
        var errorCode: Int16 = 0
        var partitionIndex: Int32 = 0
        var leaderID: Int32 = 0
        var leaderEpoch: Int32 = -1
        var replicaNodes: [Int32] = []
        var isrNodes: [Int32] = []
        var offlineReplicas: [Int32] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 9
            errorCode = try reader.number(Int16.self)
            partitionIndex = try reader.number(Int32.self)
            leaderID = try reader.number(Int32.self)
            if version >= 7 {
                leaderEpoch = try reader.number(Int32.self)
            }
            replicaNodes = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            isrNodes = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            if version >= 5 {
                offlineReplicas = try reader.array(isFlexible) { element throws(MessageError) in
                    try element.number(Int32.self)
                }
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 9
            writer.number(errorCode)
            writer.number(partitionIndex)
            writer.number(leaderID)
            if version >= 7 {
                writer.number(leaderEpoch)
            }
            writer.array(replicaNodes, isFlexible) { $0.number($1) }
            writer.array(isrNodes, isFlexible) { $0.number($1) }
            if version >= 5 {
                writer.array(offlineReplicas, isFlexible) { $0.number($1) }
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
