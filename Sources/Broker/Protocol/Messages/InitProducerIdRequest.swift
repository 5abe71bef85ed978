// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 22 of the Kafka protocol.
struct InitProducerIdRequest: Message {
    static let apiKey: Int16 = 22
    static let validVersions: ClosedRange<Int16> = 0...6
    static let firstFlexibleVersion: Int16 = 2

    var transactionalID: String? = ""
    var transactionTimeoutMs: Int32 = 0
    var producerID: Int64 = -1
    var producerEpoch: Int16 = -1
    var enable2Pc: Bool = false
    var keepPreparedTxn: Bool = false
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        transactionalID = try reader.nullableString(isFlexible)
        transactionTimeoutMs = try reader.number(Int32.self)
        if version >= 3 {
            producerID = try reader.number(Int64.self)
            producerEpoch = try reader.number(Int16.self)
        }
        if version >= 6 {
            enable2Pc = try reader.bool()
            keepPreparedTxn = try reader.bool()
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.string(transactionalID, isFlexible)
        writer.number(transactionTimeoutMs)
        if version >= 3 {
            writer.number(producerID)
            writer.number(producerEpoch)
        }
        if version >= 6 {
            writer.bool(enable2Pc)
            writer.bool(keepPreparedTxn)
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
