// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 15 of the Kafka protocol.
struct DescribeGroupsRequest: Message {
    static let apiKey: Int16 = 15
    static let validVersions: ClosedRange<Int16> = 0...6
    static let firstFlexibleVersion: Int16 = 5

    var groups: [String] = []
    var includeAuthorizedOperations: Bool = false
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 5
        groups = try reader.array(isFlexible) { element throws(MessageError) in
            try element.string(isFlexible)
        }
        if version >= 3 {
            includeAuthorizedOperations = try reader.bool()
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 5
        writer.array(groups, isFlexible) { $0.string($1, isFlexible) }
        if version >= 3 {
            writer.bool(includeAuthorizedOperations)
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
