// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// A part of the Kafka protocol.
struct ConsumerProtocolSubscription: Message {
    static let apiKey: Int16 = -1
    static let validVersions: ClosedRange<Int16> = 0...3
    static let firstFlexibleVersion: Int16 = .max

    var topics: [String] = []
    var userData: [UInt8]? = nil
    var ownedPartitions: [TopicPartition] = []
    var generationID: Int32 = -1
    var rackID: String? = nil

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = false
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try element.string(isFlexible)
        }
        userData = try reader.nullableBytes(isFlexible)
        if version >= 1 {
            ownedPartitions = try reader.array(isFlexible) { element throws(MessageError) in
                try TopicPartition(from: &element, version: version)
            }
        }
        if version >= 2 {
            generationID = try reader.number(Int32.self)
        }
        if version >= 3 {
            rackID = try reader.nullableString(isFlexible)
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = false
        writer.array(topics, isFlexible) { $0.string($1, isFlexible) }
        writer.bytes(userData, isFlexible)
        if version >= 1 {
            writer.array(ownedPartitions, isFlexible) { $1.write(to: &$0, version: version) }
        }
        if version >= 2 {
            writer.number(generationID)
        }
        if version >= 3 {
            writer.string(rackID, isFlexible)
        }
    }
}

extension ConsumerProtocolSubscription {
    struct TopicPartition: Equatable, Sendable {
        var topic: String = ""
        var partitions: [Int32] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = false
            if version >= 1 {
                topic = try reader.string(isFlexible)
                partitions = try reader.array(isFlexible) { element throws(MessageError) in
                    try element.number(Int32.self)
                }
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = false
            if version >= 1 {
                writer.string(topic, isFlexible)
                writer.array(partitions, isFlexible) { $0.number($1) }
            }
        }
    }
}
