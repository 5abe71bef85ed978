// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 42 of the Kafka protocol.
struct DeleteGroupsRequest: Message {
    static let apiKey: Int16 = 42
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 2

    var groupsNames: [String] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        groupsNames = try reader.array(isFlexible) { element throws(MessageError) in
            try element.string(isFlexible)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.array(groupsNames, isFlexible) { $0.string($1, isFlexible) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
