// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 19 of the Kafka protocol.
struct CreateTopicsRequest: Message {
    static let apiKey: Int16 = 19
    static let validVersions: ClosedRange<Int16> = 2...7
    static let firstFlexibleVersion: Int16 = 5

    var topics: [CreatableTopic] = []
    var timeoutMs: Int32 = 60000
    var validateOnly: Bool = false
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 5
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try CreatableTopic(from: &element, version: version)
        }
        timeoutMs = try reader.number(Int32.self)
        if version >= 1 {
            validateOnly = try reader.bool()
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 5
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        writer.number(timeoutMs)
        if version >= 1 {
            writer.bool(validateOnly)
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension CreateTopicsRequest {
    struct CreatableTopic: Equatable, Sendable {
        var name: String = ""
        var numPartitions: Int32 = 0
        var replicationFactor: Int16 = 0
        var assignments: [CreatableReplicaAssignment] = []
        var configs: [CreatableTopicConfig] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 5
            name = try reader.string(isFlexible)
            numPartitions = try reader.number(Int32.self)
            replicationFactor = try reader.number(Int16.self)
            assignments = try reader.array(isFlexible) { element throws(MessageError) in
                try CreatableReplicaAssignment(from: &element, version: version)
            }
            configs = try reader.array(isFlexible) { element throws(MessageError) in
                try CreatableTopicConfig(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 5
            writer.string(name, isFlexible)
            writer.number(numPartitions)
            writer.number(replicationFactor)
            writer.array(assignments, isFlexible) { $1.write(to: &$0, version: version) }
            writer.array(configs, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension CreateTopicsRequest {
    struct CreatableReplicaAssignment: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var brokerIDs: [Int32] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 5
            partitionIndex = try reader.number(Int32.self)
            brokerIDs = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 5
            writer.number(partitionIndex)
            writer.array(brokerIDs, isFlexible) { $0.number($1) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension CreateTopicsRequest {
    struct CreatableTopicConfig: Equatable, Sendable {
        var name: String = ""
        var value: String? = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 5
            name = try reader.string(isFlexible)
            value = try reader.nullableString(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 5
            writer.string(name, isFlexible)
            writer.string(value, isFlexible)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
