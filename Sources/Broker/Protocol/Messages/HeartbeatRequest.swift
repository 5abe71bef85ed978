// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 12 of the Kafka protocol.
struct HeartbeatRequest: Message {
    static let apiKey: Int16 = 12
    static let validVersions: ClosedRange<Int16> = 0...4
    static let firstFlexibleVersion: Int16 = 4

    var groupID: String = ""
    var generationID: Int32 = 0
    var memberID: String = ""
    var groupInstanceID: String? = nil
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 4
        groupID = try reader.string(isFlexible)
        generationID = try reader.number(Int32.self)
        memberID = try reader.string(isFlexible)
        if version >= 3 {
            groupInstanceID = try reader.nullableString(isFlexible)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 4
        writer.string(groupID, isFlexible)
        writer.number(generationID)
        writer.string(memberID, isFlexible)
        if version >= 3 {
            writer.string(groupInstanceID, isFlexible)
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
