// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// A part of the Kafka protocol.
struct ConsumerProtocolAssignment: Message {
    static let apiKey: Int16 = -1
    static let validVersions: ClosedRange<Int16> = 0...3
    static let firstFlexibleVersion: Int16 = .max

    var assignedPartitions: [TopicPartition] = []
    var userData: [UInt8]? = nil

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = false
        assignedPartitions = try reader.array(isFlexible) { element throws(MessageError) in
            try TopicPartition(from: &element, version: version)
        }
        userData = try reader.nullableBytes(isFlexible)
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = false
        writer.array(assignedPartitions, isFlexible) { $1.write(to: &$0, version: version) }
        writer.bytes(userData, isFlexible)
    }
}

extension ConsumerProtocolAssignment {
    struct TopicPartition: Equatable, Sendable {
        var topic: String = ""
        var partitions: [Int32] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = false
            topic = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = false
            writer.string(topic, isFlexible)
            writer.array(partitions, isFlexible) { $0.number($1) }
        }
    }
}
