// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 66.
struct ListTransactionsResponse: Message {
    static let apiKey: Int16 = 66
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 0

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var unknownStateFilters: [String] = []
    var transactionStates: [TransactionState] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        throttleTimeMs = try reader.number(Int32.self)
        errorCode = try reader.number(Int16.self)
        unknownStateFilters = try reader.array(isFlexible) { element throws(MessageError) in
            try element.string(isFlexible)
        }
        transactionStates = try reader.array(isFlexible) { element throws(MessageError) in
            try TransactionState(from: &element, version: version)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.number(throttleTimeMs)
        writer.number(errorCode)
        writer.array(unknownStateFilters, isFlexible) { $0.string($1, isFlexible) }
        writer.array(transactionStates, isFlexible) { $1.write(to: &$0, version: version) }
        writer.tags(unknownTags)
    }
}

extension ListTransactionsResponse {
    struct TransactionState: Equatable, Sendable {
        var transactionalID: String = ""
        var producerID: Int64 = 0
        var transactionState: String = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            transactionalID = try reader.string(isFlexible)
            producerID = try reader.number(Int64.self)
            transactionState = try reader.string(isFlexible)
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(transactionalID, isFlexible)
            writer.number(producerID)
            writer.string(transactionState, isFlexible)
            writer.tags(unknownTags)
        }
    }
}
