// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 74.
struct ListConfigResourcesResponse: Message {
    static let apiKey: Int16 = 74
    static let validVersions: ClosedRange<Int16> = 0...1
    static let firstFlexibleVersion: Int16 = 0

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var configResources: [ConfigResource] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        throttleTimeMs = try reader.number(Int32.self)
        errorCode = try reader.number(Int16.self)
        configResources = try reader.array(isFlexible) { element throws(MessageError) in
            try ConfigResource(from: &element, version: version)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.number(throttleTimeMs)
        writer.number(errorCode)
        writer.array(configResources, isFlexible) { $1.write(to: &$0, version: version) }
        writer.tags(unknownTags)
    }
}

extension ListConfigResourcesResponse {
    struct ConfigResource: Equatable, Sendable {
        var resourceName: String = ""
        var resourceType: Int8 = 16
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            resourceName = try reader.string(isFlexible)
            if version >= 1 {
                resourceType = try reader.number(Int8.self)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(resourceName, isFlexible)
            if version >= 1 {
                writer.number(resourceType)
            }
            writer.tags(unknownTags)
        }
    }
}
