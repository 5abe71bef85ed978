// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 47.
struct OffsetDeleteResponse: Message {
    static let apiKey: Int16 = 47
    static let validVersions: ClosedRange<Int16> = 0...0
    static let firstFlexibleVersion: Int16 = .max

    var errorCode: Int16 = 0
    var throttleTimeMs: Int32 = 0
    var topics: [OffsetDeleteResponseTopic] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = false
        errorCode = try reader.number(Int16.self)
        throttleTimeMs = try reader.number(Int32.self)
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try OffsetDeleteResponseTopic(from: &element, version: version)
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = false
        writer.number(errorCode)
        writer.number(throttleTimeMs)
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
    }
}

extension OffsetDeleteResponse {
    struct OffsetDeleteResponseTopic: Equatable, Sendable {
        var name: String = ""
        var partitions: [OffsetDeleteResponsePartition] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = false
            name = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try OffsetDeleteResponsePartition(from: &element, version: version)
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = false
            writer.string(name, isFlexible)
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
        }
    }
}

extension OffsetDeleteResponse {
    struct OffsetDeleteResponsePartition: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var errorCode: Int16 = 0

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            partitionIndex = try reader.number(Int32.self)
            errorCode = try reader.number(Int16.self)
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            writer.number(partitionIndex)
            writer.number(errorCode)
        }
    }
}
