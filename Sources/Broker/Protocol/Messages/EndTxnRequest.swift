// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 26 of the Kafka protocol.
struct EndTxnRequest: Message {
    static let apiKey: Int16 = 26
    static let validVersions: ClosedRange<Int16> = 0...5
    static let firstFlexibleVersion: Int16 = 3

    var transactionalID: String = ""
    var producerID: Int64 = 0
    var producerEpoch: Int16 = 0
    var committed: Bool = false
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 3
        transactionalID = try reader.string(isFlexible)
        producerID = try reader.number(Int64.self)
        producerEpoch = try reader.number(Int16.self)
        committed = try reader.bool()
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 3
        writer.string(transactionalID, isFlexible)
        writer.number(producerID)
        writer.number(producerEpoch)
        writer.bool(committed)
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
