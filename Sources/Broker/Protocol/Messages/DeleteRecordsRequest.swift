// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 21 of the Kafka protocol.
struct DeleteRecordsRequest: Message {
    static let apiKey: Int16 = 21
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 2

    var topics: [DeleteRecordsTopic] = []
    var timeoutMs: Int32 = 0
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        topics = try reader.array(isFlexible) { element throws(MessageError) in
            try DeleteRecordsTopic(from: &element, version: version)
        }
        timeoutMs = try reader.number(Int32.self)
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
        writer.number(timeoutMs)
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension DeleteRecordsRequest {
    struct DeleteRecordsTopic: Equatable, Sendable {
        var name: String = ""
        var partitions: [DeleteRecordsPartition] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            name = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try DeleteRecordsPartition(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.string(name, isFlexible)
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension DeleteRecordsRequest {
    struct DeleteRecordsPartition: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var offset: Int64 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            partitionIndex = try reader.number(Int32.self)
            offset = try reader.number(Int64.self)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.number(partitionIndex)
            writer.number(offset)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
