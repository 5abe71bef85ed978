// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 24.
struct AddPartitionsToTxnResponse: Message {
    static let apiKey: Int16 = 24
    static let validVersions: ClosedRange<Int16> = 0...5
    static let firstFlexibleVersion: Int16 = 3

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var resultsByTransaction: [AddPartitionsToTxnResult] = []
    var resultsByTopicV3AndBelow: [AddPartitionsToTxnTopicResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 3
        throttleTimeMs = try reader.number(Int32.self)
        if version >= 4 {
            errorCode = try reader.number(Int16.self)
            resultsByTransaction = try reader.array(isFlexible) { element throws(MessageError) in
                try AddPartitionsToTxnResult(from: &element, version: version)
            }
        }
        if version <= 3 {
            resultsByTopicV3AndBelow = try reader.array(isFlexible) { element throws(MessageError) in
                try AddPartitionsToTxnTopicResult(from: &element, version: version)
            }
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 3
        writer.number(throttleTimeMs)
        if version >= 4 {
            writer.number(errorCode)
            writer.array(resultsByTransaction, isFlexible) { $1.write(to: &$0, version: version) }
        }
        if version <= 3 {
            writer.array(resultsByTopicV3AndBelow, isFlexible) { $1.write(to: &$0, version: version) }
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension AddPartitionsToTxnResponse {
    struct AddPartitionsToTxnResult: Equatable, Sendable {
        var transactionalID: String = ""
        var topicResults: [AddPartitionsToTxnTopicResult] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 3
            if version >= 4 {
                transactionalID = try reader.string(isFlexible)
                topicResults = try reader.array(isFlexible) { element throws(MessageError) in
                    try AddPartitionsToTxnTopicResult(from: &element, version: version)
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
                writer.array(topicResults, isFlexible) { $1.write(to: &$0, version: version) }
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension AddPartitionsToTxnResponse {
    struct AddPartitionsToTxnTopicResult: Equatable, Sendable {
        var name: String = ""
        var resultsByPartition: [AddPartitionsToTxnPartitionResult] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 3
            name = try reader.string(isFlexible)
            resultsByPartition = try reader.array(isFlexible) { element throws(MessageError) in
                try AddPartitionsToTxnPartitionResult(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 3
            writer.string(name, isFlexible)
            writer.array(resultsByPartition, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension AddPartitionsToTxnResponse {
    struct AddPartitionsToTxnPartitionResult: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var partitionErrorCode: Int16 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 3
            partitionIndex = try reader.number(Int32.self)
            partitionErrorCode = try reader.number(Int16.self)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 3
            writer.number(partitionIndex)
            writer.number(partitionErrorCode)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
