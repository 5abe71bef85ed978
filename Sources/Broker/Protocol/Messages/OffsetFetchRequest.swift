// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 9 of the Kafka protocol.
struct OffsetFetchRequest: Message {
    static let apiKey: Int16 = 9
    static let validVersions: ClosedRange<Int16> = 1...10
    static let firstFlexibleVersion: Int16 = 6

    var groupID: String = ""
    var topics: [OffsetFetchRequestTopic]? = []
    var groups: [OffsetFetchRequestGroup] = []
    var requireStable: Bool = false
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 6
        if version <= 7 {
            groupID = try reader.string(isFlexible)
            if version >= 2 {
                topics = try reader.nullableArray(isFlexible) { element throws(MessageError) in
                    try OffsetFetchRequestTopic(from: &element, version: version)
                }
            } else {
                topics = try reader.array(isFlexible) { element throws(MessageError) in
                    try OffsetFetchRequestTopic(from: &element, version: version)
                }
            }
        }
        if version >= 8 {
            groups = try reader.array(isFlexible) { element throws(MessageError) in
                try OffsetFetchRequestGroup(from: &element, version: version)
            }
        }
        if version >= 7 {
            requireStable = try reader.bool()
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 6
        if version <= 7 {
            writer.string(groupID, isFlexible)
            if version >= 2 {
                writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
            } else {
                writer.array((topics ?? []), isFlexible) { $1.write(to: &$0, version: version) }
            }
        }
        if version >= 8 {
            writer.array(groups, isFlexible) { $1.write(to: &$0, version: version) }
        }
        if version >= 7 {
            writer.bool(requireStable)
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension OffsetFetchRequest {
    struct OffsetFetchRequestTopic: Equatable, Sendable {
        var name: String = ""
        var partitionIndexes: [Int32] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 6
            if version <= 7 {
                name = try reader.string(isFlexible)
                partitionIndexes = try reader.array(isFlexible) { element throws(MessageError) in
                    try element.number(Int32.self)
                }
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 6
            if version <= 7 {
                writer.string(name, isFlexible)
                writer.array(partitionIndexes, isFlexible) { $0.number($1) }
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension OffsetFetchRequest {
    struct OffsetFetchRequestGroup: Equatable, Sendable {
        var groupID: String = ""
        var memberID: String? = nil
        var memberEpoch: Int32 = -1
        var topics: [OffsetFetchRequestTopics]? = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 6
            if version >= 8 {
                groupID = try reader.string(isFlexible)
            }
            if version >= 9 {
                memberID = try reader.nullableString(isFlexible)
                memberEpoch = try reader.number(Int32.self)
            }
            if version >= 8 {
                topics = try reader.nullableArray(isFlexible) { element throws(MessageError) in
                    try OffsetFetchRequestTopics(from: &element, version: version)
                }
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 6
            if version >= 8 {
                writer.string(groupID, isFlexible)
            }
            if version >= 9 {
                writer.string(memberID, isFlexible)
                writer.number(memberEpoch)
            }
            if version >= 8 {
                writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension OffsetFetchRequest {
    struct OffsetFetchRequestTopics: Equatable, Sendable {
        var name: String = ""
        var topicID: Identifier = .zero
        var partitionIndexes: [Int32] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 6
            if version >= 8 && version <= 9 {
                name = try reader.string(isFlexible)
            }
            if version >= 10 {
                topicID = try reader.identifier()
            }
            if version >= 8 {
                partitionIndexes = try reader.array(isFlexible) { element throws(MessageError) in
                    try element.number(Int32.self)
                }
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 6
            if version >= 8 && version <= 9 {
                writer.string(name, isFlexible)
            }
            if version >= 10 {
                writer.identifier(topicID)
            }
            if version >= 8 {
                writer.array(partitionIndexes, isFlexible) { $0.number($1) }
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
