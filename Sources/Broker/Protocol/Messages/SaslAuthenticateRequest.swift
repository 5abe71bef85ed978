// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 36 of the Kafka protocol.
struct SaslAuthenticateRequest: Message {
    static let apiKey: Int16 = 36
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 2

    var authBytes: [UInt8] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        authBytes = try reader.bytes(isFlexible)
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.bytes(authBytes, isFlexible)
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
