// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 24 of the Kafka protocol.
struct AddPartitionsToTxnRequest: Message {
    static let apiKey: Int16 = 24
    static let validVersions: ClosedRange<Int16> = 0...5
    static let firstFlexibleVersion: Int16 = 3

    var transactions: [AddPartitionsToTxnTransaction] = []
    var v3AndBelowTransactionalID: String = ""
    var v3AndBelowProducerID: Int64 = 0
    var v3AndBelowProducerEpoch: Int16 = 0
    var v3AndBelowTopics: [AddPartitionsToTxnTopic] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 3
        if version >= 4 {
            transactions = try reader.array(isFlexible) { element throws(MessageError) in
                try AddPartitionsToTxnTransaction(from: &element, version: version)
            }
        }
        if version <= 3 {
            v3AndBelowTransactionalID = try reader.string(isFlexible)
            v3AndBelowProducerID = try reader.number(Int64.self)
            v3AndBelowProducerEpoch = try reader.number(Int16.self)
            v3AndBelowTopics = try reader.array(isFlexible) { element throws(MessageError) in
                try AddPartitionsToTxnTopic(from: &element, version: version)
            }
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 3
        if version >= 4 {
            writer.array(transactions, isFlexible) { $1.write(to: &$0, version: version) }
        }
        if version <= 3 {
            writer.string(v3AndBelowTransactionalID, isFlexible)
            writer.number(v3AndBelowProducerID)
            writer.number(v3AndBelowProducerEpoch)
            writer.array(v3AndBelowTopics, isFlexible) { $1.write(to: &$0, version: version) }
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension AddPartitionsToTxnRequest {
    struct AddPartitionsToTxnTransaction: Equatable, Sendable {
        var transactionalID: String = ""
        var producerID: Int64 = 0
        var producerEpoch: Int16 = 0
        var verifyOnly: Bool = false
        var topics: [AddPartitionsToTxnTopic] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 3
            if version >= 4 {
                transactionalID = try reader.string(isFlexible)
                producerID = try reader.number(Int64.self)
                producerEpoch = try reader.number(Int16.self)
                verifyOnly = try reader.bool()
                topics = try reader.array(isFlexible) { element throws(MessageError) in
                    try AddPartitionsToTxnTopic(from: &element, version: version)
                }
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 3
            if version >= 4 {
                writer.string(transactionalID, isFlexible)
                writer.number(producerID)
                writer.number(producerEpoch)
                writer.bool(verifyOnly)
                writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension AddPartitionsToTxnRequest {
    struct AddPartitionsToTxnTopic: Equatable, Sendable {
        var name: String = ""
        var partitions: [Int32] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 3
            name = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 3
            writer.string(name, isFlexible)
            writer.array(partitions, isFlexible) { $0.number($1) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
