// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 12.
struct HeartbeatResponse: Message {
    static let apiKey: Int16 = 12
    static let validVersions: ClosedRange<Int16> = 0...4
    static let firstFlexibleVersion: Int16 = 4

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 4
        if version >= 1 {
            throttleTimeMs = try reader.number(Int32.self)
        }
        errorCode = try reader.number(Int16.self)
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 4
        if version >= 1 {
            writer.number(throttleTimeMs)
        }
        writer.number(errorCode)
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
