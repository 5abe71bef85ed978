// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 21.
struct DeleteRecordsResponse: Message {
    static let apiKey: Int16 = 21
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 2

    var throttleTimeMs: Int32 = 0
    var topics: [DeleteRecordsTopicResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        throttleTimeMs = try reader.number(Int32.self)
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try DeleteRecordsTopicResult(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.number(throttleTimeMs)
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension DeleteRecordsResponse {
    struct DeleteRecordsTopicResult: Equatable, Sendable {
        var name: String = ""
        var partitions: [DeleteRecordsPartitionResult] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            name = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try DeleteRecordsPartitionResult(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.string(name, isFlexible)
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension DeleteRecordsResponse {
    struct DeleteRecordsPartitionResult: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var lowWatermark: Int64 = 0
        var errorCode: Int16 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            partitionIndex = try reader.number(Int32.self)
            lowWatermark = try reader.number(Int64.self)
            errorCode = try reader.number(Int16.self)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.number(partitionIndex)
            writer.number(lowWatermark)
            writer.number(errorCode)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
