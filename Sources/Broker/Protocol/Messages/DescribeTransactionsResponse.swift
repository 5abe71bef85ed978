// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 65.
struct DescribeTransactionsResponse: Message {
    static let apiKey: Int16 = 65
    static let validVersions: ClosedRange<Int16> = 0...0
    static let firstFlexibleVersion: Int16 = 0

    var throttleTimeMs: Int32 = 0
    var transactionStates: [TransactionState] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        throttleTimeMs = try reader.number(Int32.self)
        transactionStates = try reader.array(isFlexible) { element throws(MessageError) in
            try TransactionState(from: &element, version: version)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.number(throttleTimeMs)
        writer.array(transactionStates, isFlexible) { $1.write(to: &$0, version: version) }
        writer.tags(unknownTags)
    }
}

extension DescribeTransactionsResponse {
    struct TransactionState: Equatable, Sendable {
        var errorCode: Int16 = 0
        var transactionalID: String = ""
        var transactionState: String = ""
        var transactionTimeoutMs: Int32 = 0
        var transactionStartTimeMs: Int64 = 0
        var producerID: Int64 = 0
        var producerEpoch: Int16 = 0
        var topics: [TopicData] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            errorCode = try reader.number(Int16.self)
            transactionalID = try reader.string(isFlexible)
            transactionState = try reader.string(isFlexible)
            transactionTimeoutMs = try reader.number(Int32.self)
            transactionStartTimeMs = try reader.number(Int64.self)
            producerID = try reader.number(Int64.self)
            producerEpoch = try reader.number(Int16.self)
            topics = try reader.array(isFlexible) { element throws(MessageError) in
                try TopicData(from: &element, version: version)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.number(errorCode)
            writer.string(transactionalID, isFlexible)
            writer.string(transactionState, isFlexible)
            writer.number(transactionTimeoutMs)
            writer.number(transactionStartTimeMs)
            writer.number(producerID)
            writer.number(producerEpoch)
            writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
            writer.tags(unknownTags)
        }
    }
}

extension DescribeTransactionsResponse {
    struct TopicData: Equatable, Sendable {
        var topic: String = ""
        var partitions: [Int32] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            topic = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(topic, isFlexible)
            writer.array(partitions, isFlexible) { $0.number($1) }
            writer.tags(unknownTags)
        }
    }
}
