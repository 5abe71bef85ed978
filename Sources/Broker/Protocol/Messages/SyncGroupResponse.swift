// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 14.
struct SyncGroupResponse: Message {
    static let apiKey: Int16 = 14
    static let validVersions: ClosedRange<Int16> = 0...5
    static let firstFlexibleVersion: Int16 = 4

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var protocolType: String? = nil
    var protocolName: String? = nil
    var assignment: [UInt8] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 4
        if version >= 1 {
            throttleTimeMs = try reader.number(Int32.self)
        }
        errorCode = try reader.number(Int16.self)
        if version >= 5 {
            protocolType = try reader.nullableString(isFlexible)
            protocolName = try reader.nullableString(isFlexible)
        }
        assignment = try reader.bytes(isFlexible)
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
        if version >= 5 {
            writer.string(protocolType, isFlexible)
            writer.string(protocolName, isFlexible)
        }
        writer.bytes(assignment, isFlexible)
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
