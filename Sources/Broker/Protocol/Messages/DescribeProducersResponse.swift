// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 61.
struct DescribeProducersResponse: Message {
    static let apiKey: Int16 = 61
    static let validVersions: ClosedRange<Int16> = 0...0
    static let firstFlexibleVersion: Int16 = 0

    var throttleTimeMs: Int32 = 0
    var topics: [TopicResponse] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        throttleTimeMs = try reader.number(Int32.self)
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try TopicResponse(from: &element, version: version)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.number(throttleTimeMs)
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        writer.tags(unknownTags)
    }
}

extension DescribeProducersResponse {
    struct TopicResponse: Equatable, Sendable {
        var name: String = ""
        var partitions: [PartitionResponse] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            name = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try PartitionResponse(from: &element, version: version)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(name, isFlexible)
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            writer.tags(unknownTags)
        }
    }
}

extension DescribeProducersResponse {
    struct PartitionResponse: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var errorCode: Int16 = 0
        var errorMessage: String? = nil
        var activeProducers: [ProducerState] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            partitionIndex = try reader.number(Int32.self)
            errorCode = try reader.number(Int16.self)
            errorMessage = try reader.nullableString(isFlexible)
            activeProducers = try reader.array(isFlexible) { element throws(MessageError) in
                try ProducerState(from: &element, version: version)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.number(partitionIndex)
            writer.number(errorCode)
            writer.string(errorMessage, isFlexible)
            writer.array(activeProducers, isFlexible) { $1.write(to: &$0, version: version) }
            writer.tags(unknownTags)
        }
    }
}

extension DescribeProducersResponse {
    struct ProducerState: Equatable, Sendable {
        var producerID: Int64 = 0
        var producerEpoch: Int32 = 0
        var lastSequence: Int32 = -1
        var lastTimestamp: Int64 = -1
        var coordinatorEpoch: Int32 = 0
        var currentTxnStartOffset: Int64 = -1
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            producerID = try reader.number(Int64.self)
            producerEpoch = try reader.number(Int32.self)
            lastSequence = try reader.number(Int32.self)
            lastTimestamp = try reader.number(Int64.self)
            coordinatorEpoch = try reader.number(Int32.self)
            currentTxnStartOffset = try reader.number(Int64.self)
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            writer.number(producerID)
            writer.number(producerEpoch)
            writer.number(lastSequence)
            writer.number(lastTimestamp)
            writer.number(coordinatorEpoch)
            writer.number(currentTxnStartOffset)
            writer.tags(unknownTags)
        }
    }
}
