// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 26.
struct EndTxnResponse: Message {
    static let apiKey: Int16 = 26
    static let validVersions: ClosedRange<Int16> = 0...5
    static let firstFlexibleVersion: Int16 = 3

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var producerID: Int64 = -1
    var producerEpoch: Int16 = -1
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 3
        throttleTimeMs = try reader.number(Int32.self)
        errorCode = try reader.number(Int16.self)
        if version >= 5 {
            producerID = try reader.number(Int64.self)
            producerEpoch = try reader.number(Int16.self)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 3
        writer.number(throttleTimeMs)
        writer.number(errorCode)
        if version >= 5 {
            writer.number(producerID)
            writer.number(producerEpoch)
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
