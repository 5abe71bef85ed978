// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 0 of the Kafka protocol.
struct ProduceRequest: Message {
    static let apiKey: Int16 = 0
    static let validVersions: ClosedRange<Int16> = 3...13
    static let firstFlexibleVersion: Int16 = 9

    var transactionalID: String? = nil
    var acks: Int16 = 0
    var timeoutMs: Int32 = 0
    var topicData: [TopicProduceData] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 9
        if version >= 3 {
            transactionalID = try reader.nullableString(isFlexible)
        }
        acks = try reader.number(Int16.self)
        timeoutMs = try reader.number(Int32.self)
        topicData = try reader.array(isFlexible) { element throws(MessageError) in
            try TopicProduceData(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 9
        if version >= 3 {
            writer.string(transactionalID, isFlexible)
        }
        writer.number(acks)
        writer.number(timeoutMs)
        writer.array(topicData, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension ProduceRequest {
    struct TopicProduceData: Equatable, Sendable {
        var name: String = ""
        var topicID: Identifier = .zero
        var partitionData: [PartitionProduceData] = []
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
            partitionData = try reader.array(isFlexible) { element throws(MessageError) in
                try PartitionProduceData(from: &element, version: version)
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
            writer.array(partitionData, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension ProduceRequest {
    struct PartitionProduceData: Equatable, Sendable {
        var index: Int32 = 0
        var records: [UInt8]? = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 9
            index = try reader.number(Int32.self)
            records = try reader.nullableBytes(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 9
            writer.number(index)
            writer.bytes(records, isFlexible)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
