// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 19.
struct CreateTopicsResponse: Message {
    static let apiKey: Int16 = 19
    static let validVersions: ClosedRange<Int16> = 2...7
    static let firstFlexibleVersion: Int16 = 5

    var throttleTimeMs: Int32 = 0
    var topics: [CreatableTopicResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 5
        if version >= 2 {
            throttleTimeMs = try reader.number(Int32.self)
        }
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try CreatableTopicResult(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 5
        if version >= 2 {
            writer.number(throttleTimeMs)
        }
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension CreateTopicsResponse {
    struct CreatableTopicResult: Equatable, Sendable {
        var name: String = ""
        var topicID: Identifier = .zero
        var errorCode: Int16 = 0
        var errorMessage: String? = ""
        var topicConfigErrorCode: Int16 = 0
        var numPartitions: Int32 = -1
        var replicationFactor: Int16 = -1
        var configs: [CreatableTopicConfigs]? = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 5
            name = try reader.string(isFlexible)
            if version >= 7 {
                topicID = try reader.identifier()
            }
            errorCode = try reader.number(Int16.self)
            if version >= 1 {
                errorMessage = try reader.nullableString(isFlexible)
            }
            if version >= 5 {
                numPartitions = try reader.number(Int32.self)
                replicationFactor = try reader.number(Int16.self)
                configs = try reader.nullableArray(isFlexible) { element throws(MessageError) in
                    try CreatableTopicConfigs(from: &element, version: version)
                }
            }
            if isFlexible {
                unknownTags = try reader.tags { tag, field throws(MessageError) in
                    switch tag {
                    case 0:
                        topicConfigErrorCode = try field.number(Int16.self)
                    default: return false
                    }
                    return true
                }
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 5
            writer.string(name, isFlexible)
            if version >= 7 {
                writer.identifier(topicID)
            }
            writer.number(errorCode)
            if version >= 1 {
                writer.string(errorMessage, isFlexible)
            }
            if version >= 5 {
                writer.number(numPartitions)
                writer.number(replicationFactor)
                writer.array(configs, isFlexible) { $1.write(to: &$0, version: version) }
            }
            if isFlexible {
                var tags = unknownTags
                if version >= 5, topicConfigErrorCode != 0 {
                    tags.append(
                        MessageWriter.tag(0) { field in
                            field.number(topicConfigErrorCode)
                        })
                }
                writer.tags(tags)
            }
        }
    }
}

extension CreateTopicsResponse {
    struct CreatableTopicConfigs: Equatable, Sendable {
        var name: String = ""
        var value: String? = ""
        var readOnly: Bool = false
        var configSource: Int8 = -1
        var isSensitive: Bool = false
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 5
            if version >= 5 {
                name = try reader.string(isFlexible)
                value = try reader.nullableString(isFlexible)
                readOnly = try reader.bool()
                configSource = try reader.number(Int8.self)
                isSensitive = try reader.bool()
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 5
            if version >= 5 {
                writer.string(name, isFlexible)
                writer.string(value, isFlexible)
                writer.bool(readOnly)
                writer.number(configSource)
                writer.bool(isSensitive)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
