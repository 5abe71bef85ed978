// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 16 of the Kafka protocol.
struct ListGroupsRequest: Message {
    static let apiKey: Int16 = 16
    static let validVersions: ClosedRange<Int16> = 0...5
    static let firstFlexibleVersion: Int16 = 3

    var statesFilter: [String] = []
    var typesFilter: [String] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 3
        if version >= 4 {
            statesFilter = try reader.array(isFlexible) { element throws(MessageError) in
                try element.string(isFlexible)
            }
        }
        if version >= 5 {
            typesFilter = try reader.array(isFlexible) { element throws(MessageError) in
                try element.string(isFlexible)
            }
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 3
        if version >= 4 {
            writer.array(statesFilter, isFlexible) { $0.string($1, isFlexible) }
        }
        if version >= 5 {
            writer.array(typesFilter, isFlexible) { $0.string($1, isFlexible) }
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
