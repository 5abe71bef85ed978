// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 46.
struct ListPartitionReassignmentsResponse: Message {
    static let apiKey: Int16 = 46
    static let validVersions: ClosedRange<Int16> = 0...0
    static let firstFlexibleVersion: Int16 = 0

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var errorMessage: String? = ""
    var topics: [OngoingTopicReassignment] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        throttleTimeMs = try reader.number(Int32.self)
        errorCode = try reader.number(Int16.self)
        errorMessage = try reader.nullableString(isFlexible)
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try OngoingTopicReassignment(from: &element, version: version)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.number(throttleTimeMs)
        writer.number(errorCode)
        writer.string(errorMessage, isFlexible)
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        writer.tags(unknownTags)
    }
}

extension ListPartitionReassignmentsResponse {
    struct OngoingTopicReassignment: Equatable, Sendable {
        var name: String = ""
        var partitions: [OngoingPartitionReassignment] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            name = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try OngoingPartitionReassignment(from: &element, version: version)
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

extension ListPartitionReassignmentsResponse {
    struct OngoingPartitionReassignment: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var replicas: [Int32] = []
        var addingReplicas: [Int32] = []
        var removingReplicas: [Int32] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            partitionIndex = try reader.number(Int32.self)
            replicas = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            addingReplicas = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            removingReplicas = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.number(partitionIndex)
            writer.array(replicas, isFlexible) { $0.number($1) }
            writer.array(addingReplicas, isFlexible) { $0.number($1) }
            writer.array(removingReplicas, isFlexible) { $0.number($1) }
            writer.tags(unknownTags)
        }
    }
}
