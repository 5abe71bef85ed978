// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 33.
struct AlterConfigsResponse: Message {
    static let apiKey: Int16 = 33
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 2

    var throttleTimeMs: Int32 = 0
    var responses: [AlterConfigsResourceResponse] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        throttleTimeMs = try reader.number(Int32.self)
        responses = try reader.array(isFlexible) { element throws(MessageError) in
            try AlterConfigsResourceResponse(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.number(throttleTimeMs)
        writer.array(responses, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension AlterConfigsResponse {
    struct AlterConfigsResourceResponse: Equatable, Sendable {
        var errorCode: Int16 = 0
        var errorMessage: String? = ""
        var resourceType: Int8 = 0
        var resourceName: String = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            errorCode = try reader.number(Int16.self)
            errorMessage = try reader.nullableString(isFlexible)
            resourceType = try reader.number(Int8.self)
            resourceName = try reader.string(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.number(errorCode)
            writer.string(errorMessage, isFlexible)
            writer.number(resourceType)
            writer.string(resourceName, isFlexible)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
