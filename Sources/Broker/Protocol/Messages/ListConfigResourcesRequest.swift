// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 74 of the Kafka protocol.
struct ListConfigResourcesRequest: Message {
    static let apiKey: Int16 = 74
    static let validVersions: ClosedRange<Int16> = 0...1
    static let firstFlexibleVersion: Int16 = 0

    var resourceTypes: [Int8] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        if version >= 1 {
            resourceTypes = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int8.self)
            }
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        if version >= 1 {
            writer.array(resourceTypes, isFlexible) { $0.number($1) }
        }
        writer.tags(unknownTags)
    }
}
