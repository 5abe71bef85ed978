// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 37.
struct CreatePartitionsResponse: Message {
    static let apiKey: Int16 = 37
    static let validVersions: ClosedRange<Int16> = 0...3
    static let firstFlexibleVersion: Int16 = 2

    var throttleTimeMs: Int32 = 0
    var results: [CreatePartitionsTopicResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        throttleTimeMs = try reader.number(Int32.self)
        results = try reader.array(isFlexible) { element throws(MessageError) in
            try CreatePartitionsTopicResult(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.number(throttleTimeMs)
        writer.array(results, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension CreatePartitionsResponse {
    struct CreatePartitionsTopicResult: Equatable, Sendable {
        var name: String = ""
        var errorCode: Int16 = 0
        var errorMessage: String? = nil
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            name = try reader.string(isFlexible)
            errorCode = try reader.number(Int16.self)
            errorMessage = try reader.nullableString(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.string(name, isFlexible)
            writer.number(errorCode)
            writer.string(errorMessage, isFlexible)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
