// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 45 of the Kafka protocol.
struct AlterPartitionReassignmentsRequest: Message {
    static let apiKey: Int16 = 45
    static let validVersions: ClosedRange<Int16> = 0...1
    static let firstFlexibleVersion: Int16 = 0

    var timeoutMs: Int32 = 60000
    var allowReplicationFactorChange: Bool = true
    var topics: [ReassignableTopic] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        timeoutMs = try reader.number(Int32.self)
        if version >= 1 {
            allowReplicationFactorChange = try reader.bool()
        }
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try ReassignableTopic(from: &element, version: version)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.number(timeoutMs)
        if version >= 1 {
            writer.bool(allowReplicationFactorChange)
        }
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        writer.tags(unknownTags)
    }
}

extension AlterPartitionReassignmentsRequest {
    struct ReassignableTopic: Equatable, Sendable {
        var name: String = ""
        var partitions: [ReassignablePartition] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            name = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try ReassignablePartition(from: &element, version: version)
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

extension AlterPartitionReassignmentsRequest {
    struct ReassignablePartition: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var replicas: [Int32]? = nil
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            partitionIndex = try reader.number(Int32.self)
            replicas = try reader.nullableArray(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.number(partitionIndex)
            writer.array(replicas, isFlexible) { $0.number($1) }
            writer.tags(unknownTags)
        }
    }
}
