// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 43.
struct ElectLeadersResponse: Message {
    static let apiKey: Int16 = 43
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 2

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var replicaElectionResults: [ReplicaElectionResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        throttleTimeMs = try reader.number(Int32.self)
        if version >= 1 {
            errorCode = try reader.number(Int16.self)
        }
        replicaElectionResults = try reader.array(isFlexible) { element throws(MessageError) in
            try ReplicaElectionResult(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.number(throttleTimeMs)
        if version >= 1 {
            writer.number(errorCode)
        }
        writer.array(replicaElectionResults, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension ElectLeadersResponse {
    struct ReplicaElectionResult: Equatable, Sendable {
        var topic: String = ""
        var partitionResult: [PartitionResult] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            topic = try reader.string(isFlexible)
            partitionResult = try reader.array(isFlexible) { element throws(MessageError) in
                try PartitionResult(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.string(topic, isFlexible)
            writer.array(partitionResult, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension ElectLeadersResponse {
    struct PartitionResult: Equatable, Sendable {
        var partitionID: Int32 = 0
        var errorCode: Int16 = 0
        var errorMessage: String? = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            partitionID = try reader.number(Int32.self)
            errorCode = try reader.number(Int16.self)
            errorMessage = try reader.nullableString(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.number(partitionID)
            writer.number(errorCode)
            writer.string(errorMessage, isFlexible)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
