// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 10 of the Kafka protocol.
struct FindCoordinatorRequest: Message {
    static let apiKey: Int16 = 10
    static let validVersions: ClosedRange<Int16> = 0...6
    static let firstFlexibleVersion: Int16 = 3

    var key: String = ""
    var keyType: Int8 = 0
    var coordinatorKeys: [String] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 3
        if version <= 3 {
            key = try reader.string(isFlexible)
        }
        if version >= 1 {
            keyType = try reader.number(Int8.self)
        }
        if version >= 4 {
            coordinatorKeys = try reader.array(isFlexible) { element throws(MessageError) in
                try element.string(isFlexible)
            }
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 3
        if version <= 3 {
            writer.string(key, isFlexible)
        }
        if version >= 1 {
            writer.number(keyType)
        }
        if version >= 4 {
            writer.array(coordinatorKeys, isFlexible) { $0.string($1, isFlexible) }
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
