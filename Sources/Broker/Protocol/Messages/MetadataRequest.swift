// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 3 of the Kafka protocol.
struct MetadataRequest: Message {
    static let apiKey: Int16 = 3
    static let validVersions: ClosedRange<Int16> = 0...13
    static let firstFlexibleVersion: Int16 = 9

    var topics: [MetadataRequestTopic]? = []
    var allowAutoTopicCreation: Bool = true
    var includeClusterAuthorizedOperations: Bool = false
    var includeTopicAuthorizedOperations: Bool = false
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 9
        if version >= 1 {
            topics = try reader.nullableArray(isFlexible) { element throws(MessageError) in
                try MetadataRequestTopic(from: &element, version: version)
            }
        } else {
            topics = try reader.array(isFlexible) { element throws(MessageError) in
                try MetadataRequestTopic(from: &element, version: version)
            }
        }
        if version >= 4 {
            allowAutoTopicCreation = try reader.bool()
        }
        if version >= 8 && version <= 10 {
            includeClusterAuthorizedOperations = try reader.bool()
        }
        if version >= 8 {
            includeTopicAuthorizedOperations = try reader.bool()
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 9
        if version >= 1 {
            writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        } else {
            writer.array((topics ?? []), isFlexible) { $1.write(to: &$0, version: version) }
        }
        if version >= 4 {
            writer.bool(allowAutoTopicCreation)
        }
        if version >= 8 && version <= 10 {
            writer.bool(includeClusterAuthorizedOperations)
        }
        if version >= 8 {
            writer.bool(includeTopicAuthorizedOperations)
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension MetadataRequest {
    struct MetadataRequestTopic: Equatable, Sendable {
        var topicID: Identifier = .zero
        var name: String? = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 9
            if version >= 10 {
                topicID = try reader.identifier()
            }
            if version >= 10 {
                name = try reader.nullableString(isFlexible)
            } else {
                name = try reader.string(isFlexible)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 9
            if version >= 10 {
                writer.identifier(topicID)
            }
            if version >= 10 {
                writer.string(name, isFlexible)
            } else {
                writer.string((name ?? ""), isFlexible)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
