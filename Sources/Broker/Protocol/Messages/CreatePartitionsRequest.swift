// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 37 of the Kafka protocol.
struct CreatePartitionsRequest: Message {
    static let apiKey: Int16 = 37
    static let validVersions: ClosedRange<Int16> = 0...3
    static let firstFlexibleVersion: Int16 = 2

    var topics: [CreatePartitionsTopic] = []
    var timeoutMs: Int32 = 0
    var validateOnly: Bool = false
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try CreatePartitionsTopic(from: &element, version: version)
        }
        timeoutMs = try reader.number(Int32.self)
        validateOnly = try reader.bool()
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        writer.number(timeoutMs)
        writer.bool(validateOnly)
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension CreatePartitionsRequest {
    struct CreatePartitionsTopic: Equatable, Sendable {
        var name: String = ""
        var count: Int32 = 0
        var assignments: [CreatePartitionsAssignment]? = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            name = try reader.string(isFlexible)
            count = try reader.number(Int32.self)
            assignments = try reader.nullableArray(isFlexible) { element throws(MessageError) in
                try CreatePartitionsAssignment(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.string(name, isFlexible)
            writer.number(count)
            writer.array(assignments, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension CreatePartitionsRequest {
    struct CreatePartitionsAssignment: Equatable, Sendable {
        var brokerIDs: [Int32] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            brokerIDs = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.array(brokerIDs, isFlexible) { $0.number($1) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
