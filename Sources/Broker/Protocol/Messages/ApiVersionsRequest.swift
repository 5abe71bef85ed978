// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 18 of the Kafka protocol.
struct ApiVersionsRequest: Message {
    static let apiKey: Int16 = 18
    static let validVersions: ClosedRange<Int16> = 0...4
    static let firstFlexibleVersion: Int16 = 3

    var clientSoftwareName: String = ""
    var clientSoftwareVersion: String = ""
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 3
        if version >= 3 {
            clientSoftwareName = try reader.string(isFlexible)
            clientSoftwareVersion = try reader.string(isFlexible)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 3
        if version >= 3 {
            writer.string(clientSoftwareName, isFlexible)
            writer.string(clientSoftwareVersion, isFlexible)
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
