// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 34.
struct AlterReplicaLogDirsResponse: Message {
    static let apiKey: Int16 = 34
    static let validVersions: ClosedRange<Int16> = 1...2
    static let firstFlexibleVersion: Int16 = 2

    var throttleTimeMs: Int32 = 0
    var results: [AlterReplicaLogDirTopicResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        throttleTimeMs = try reader.number(Int32.self)
        results = try reader.array(isFlexible) { element throws(MessageError) in
            try AlterReplicaLogDirTopicResult(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.number(throttleTimeMs)
        writer.array(results, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension AlterReplicaLogDirsResponse {
    struct AlterReplicaLogDirTopicResult: Equatable, Sendable {
        var topicName: String = ""
        var partitions: [AlterReplicaLogDirPartitionResult] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            topicName = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try AlterReplicaLogDirPartitionResult(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.string(topicName, isFlexible)
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension AlterReplicaLogDirsResponse {
    struct AlterReplicaLogDirPartitionResult: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var errorCode: Int16 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            partitionIndex = try reader.number(Int32.self)
            errorCode = try reader.number(Int16.self)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.number(partitionIndex)
            writer.number(errorCode)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
