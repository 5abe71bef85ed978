// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 22.
struct InitProducerIdResponse: Message {
    static let apiKey: Int16 = 22
    static let validVersions: ClosedRange<Int16> = 0...6
    static let firstFlexibleVersion: Int16 = 2

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var producerID: Int64 = -1
    var producerEpoch: Int16 = 0
    var ongoingTxnProducerID: Int64 = -1
    var ongoingTxnProducerEpoch: Int16 = -1
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        throttleTimeMs = try reader.number(Int32.self)
        errorCode = try reader.number(Int16.self)
        producerID = try reader.number(Int64.self)
        producerEpoch = try reader.number(Int16.self)
        if version >= 6 {
            ongoingTxnProducerID = try reader.number(Int64.self)
            ongoingTxnProducerEpoch = try reader.number(Int16.self)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.number(throttleTimeMs)
        writer.number(errorCode)
        writer.number(producerID)
        writer.number(producerEpoch)
        if version >= 6 {
            writer.number(ongoingTxnProducerID)
            writer.number(ongoingTxnProducerEpoch)
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
