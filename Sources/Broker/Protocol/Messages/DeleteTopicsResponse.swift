// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 20.
struct DeleteTopicsResponse: Message {
    static let apiKey: Int16 = 20
    static let validVersions: ClosedRange<Int16> = 1...6
    static let firstFlexibleVersion: Int16 = 4

    var throttleTimeMs: Int32 = 0
    var responses: [DeletableTopicResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 4
        if version >= 1 {
            throttleTimeMs = try reader.number(Int32.self)
        }
        responses = try reader.array(isFlexible) { element throws(MessageError) in
            try DeletableTopicResult(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 4
        if version >= 1 {
            writer.number(throttleTimeMs)
        }
        writer.array(responses, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension DeleteTopicsResponse {
    struct DeletableTopicResult: Equatable, Sendable {
        var name: String? = ""
        var topicID: Identifier = .zero
        var errorCode: Int16 = 0
        var errorMessage: String? = nil
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 4
            if version >= 6 {
                name = try reader.nullableString(isFlexible)
            } else {
                name = try reader.string(isFlexible)
            }
            if version >= 6 {
                topicID = try reader.identifier()
            }
            errorCode = try reader.number(Int16.self)
            if version >= 5 {
                errorMessage = try reader.nullableString(isFlexible)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 4
            if version >= 6 {
                writer.string(name, isFlexible)
            } else {
                writer.string((name ?? ""), isFlexible)
            }
            if version >= 6 {
                writer.identifier(topicID)
            }
            writer.number(errorCode)
            if version >= 5 {
                writer.string(errorMessage, isFlexible)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
