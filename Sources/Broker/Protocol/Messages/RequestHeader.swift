// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// A part of the Kafka protocol.
struct RequestHeader: Message {
    static let apiKey: Int16 = -1
    static let validVersions: ClosedRange<Int16> = 1...2
    static let firstFlexibleVersion: Int16 = 2

    var requestApiKey: Int16 = 0
    var requestApiVersion: Int16 = 0
    var correlationID: Int32 = 0
    var clientID: String? = ""
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        requestApiKey = try reader.number(Int16.self)
        requestApiVersion = try reader.number(Int16.self)
        correlationID = try reader.number(Int32.self)
        if version >= 1 {
            clientID = try reader.nullableString(false)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.number(requestApiKey)
        writer.number(requestApiVersion)
        writer.number(correlationID)
        if version >= 1 {
            writer.string(clientID, false)
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
