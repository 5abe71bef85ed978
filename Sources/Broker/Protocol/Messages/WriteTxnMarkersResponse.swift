// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 27.
struct WriteTxnMarkersResponse: Message {
    static let apiKey: Int16 = 27
    static let validVersions: ClosedRange<Int16> = 1...2
    static let firstFlexibleVersion: Int16 = 1

    var markers: [WritableTxnMarkerResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 1
        markers = try reader.array(isFlexible) { element throws(MessageError) in
            try WritableTxnMarkerResult(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 1
        writer.array(markers, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension WriteTxnMarkersResponse {
    struct WritableTxnMarkerResult: Equatable, Sendable {
        var producerID: Int64 = 0
        var topics: [WritableTxnMarkerTopicResult] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 1
            producerID = try reader.number(Int64.self)
            topics = try reader.array(isFlexible) { element throws(MessageError) in
                try WritableTxnMarkerTopicResult(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 1
            writer.number(producerID)
            writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension WriteTxnMarkersResponse {
    struct WritableTxnMarkerTopicResult: Equatable, Sendable {
        var name: String = ""
        var partitions: [WritableTxnMarkerPartitionResult] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 1
            name = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try WritableTxnMarkerPartitionResult(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 1
            writer.string(name, isFlexible)
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension WriteTxnMarkersResponse {
    struct WritableTxnMarkerPartitionResult: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var errorCode: Int16 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 1
            partitionIndex = try reader.number(Int32.self)
            errorCode = try reader.number(Int16.self)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 1
            writer.number(partitionIndex)
            writer.number(errorCode)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
