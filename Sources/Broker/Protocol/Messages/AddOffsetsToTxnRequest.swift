// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 25 of the Kafka protocol.
struct AddOffsetsToTxnRequest: Message {
    static let apiKey: Int16 = 25
    static let validVersions: ClosedRange<Int16> = 0...4
    static let firstFlexibleVersion: Int16 = 3

    var transactionalID: String = ""
    var producerID: Int64 = 0
    var producerEpoch: Int16 = 0
    var groupID: String = ""
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 3
        transactionalID = try reader.string(isFlexible)
        producerID = try reader.number(Int64.self)
        producerEpoch = try reader.number(Int16.self)
        groupID = try reader.string(isFlexible)
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 3
        writer.string(transactionalID, isFlexible)
        writer.number(producerID)
        writer.number(producerEpoch)
        writer.string(groupID, isFlexible)
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
