// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// A part of the Kafka protocol.
struct ResponseHeader: Message {
    static let apiKey: Int16 = -1
    static let validVersions: ClosedRange<Int16> = 0...1
    static let firstFlexibleVersion: Int16 = 1

    var correlationID: Int32 = 0
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 1
        correlationID = try reader.number(Int32.self)
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 1
        writer.number(correlationID)
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
