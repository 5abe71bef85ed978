// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 45.
struct AlterPartitionReassignmentsResponse: Message {
    static let apiKey: Int16 = 45
    static let validVersions: ClosedRange<Int16> = 0...1
    static let firstFlexibleVersion: Int16 = 0

    var throttleTimeMs: Int32 = 0
    var allowReplicationFactorChange: Bool = true
    var errorCode: Int16 = 0
    var errorMessage: String? = ""
    var responses: [ReassignableTopicResponse] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        throttleTimeMs = try reader.number(Int32.self)
        if version >= 1 {
            allowReplicationFactorChange = try reader.bool()
        }
        errorCode = try reader.number(Int16.self)
        errorMessage = try reader.nullableString(isFlexible)
        responses = try reader.array(isFlexible) { element throws(MessageError) in
            try ReassignableTopicResponse(from: &element, version: version)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.number(throttleTimeMs)
        if version >= 1 {
            writer.bool(allowReplicationFactorChange)
        }
        writer.number(errorCode)
        writer.string(errorMessage, isFlexible)
        writer.array(responses, isFlexible) { $1.write(to: &$0, version: version) }
        writer.tags(unknownTags)
    }
}

extension AlterPartitionReassignmentsResponse {
    struct ReassignableTopicResponse: Equatable, Sendable {
        var name: String = ""
        var partitions: [ReassignablePartitionResponse] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            name = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try ReassignablePartitionResponse(from: &element, version: version)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(name, isFlexible)
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            writer.tags(unknownTags)
        }
    }
}

extension AlterPartitionReassignmentsResponse {
    struct ReassignablePartitionResponse: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var errorCode: Int16 = 0
        var errorMessage: String? = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            partitionIndex = try reader.number(Int32.self)
            errorCode = try reader.number(Int16.self)
            errorMessage = try reader.nullableString(isFlexible)
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.number(partitionIndex)
            writer.number(errorCode)
            writer.string(errorMessage, isFlexible)
            writer.tags(unknownTags)
        }
    }
}
