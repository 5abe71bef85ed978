// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 47 of the Kafka protocol.
struct OffsetDeleteRequest: Message {
    static let apiKey: Int16 = 47
    static let validVersions: ClosedRange<Int16> = 0...0
    static let firstFlexibleVersion: Int16 = .max

    var groupID: String = ""
    var topics: [OffsetDeleteRequestTopic] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = false
        groupID = try reader.string(isFlexible)
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try OffsetDeleteRequestTopic(from: &element, version: version)
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = false
        writer.string(groupID, isFlexible)
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
    }
}

extension OffsetDeleteRequest {
    struct OffsetDeleteRequestTopic: Equatable, Sendable {
        var name: String = ""
        var partitions: [OffsetDeleteRequestPartition] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = false
            name = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try OffsetDeleteRequestPartition(from: &element, version: version)
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = false
            writer.string(name, isFlexible)
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
        }
    }
}

extension OffsetDeleteRequest {
    struct OffsetDeleteRequestPartition: Equatable, Sendable {
        var partitionIndex: Int32 = 0

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            partitionIndex = try reader.number(Int32.self)
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            writer.number(partitionIndex)
        }
    }
}
