// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 27 of the Kafka protocol.
struct WriteTxnMarkersRequest: Message {
    static let apiKey: Int16 = 27
    static let validVersions: ClosedRange<Int16> = 1...2
    static let firstFlexibleVersion: Int16 = 1

    var markers: [WritableTxnMarker] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 1
        markers = try reader.array(isFlexible) { element throws(MessageError) in
            try WritableTxnMarker(from: &element, version: version)
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

extension WriteTxnMarkersRequest {
    struct WritableTxnMarker: Equatable, Sendable {
        var producerID: Int64 = 0
        var producerEpoch: Int16 = 0
        var transactionResult: Bool = false
        var topics: [WritableTxnMarkerTopic] = []
        var coordinatorEpoch: Int32 = 0
        var transactionVersion: Int8 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 1
            producerID = try reader.number(Int64.self)
            producerEpoch = try reader.number(Int16.self)
            transactionResult = try reader.bool()
            topics = try reader.array(isFlexible) { element throws(MessageError) in
                try WritableTxnMarkerTopic(from: &element, version: version)
            }
            coordinatorEpoch = try reader.number(Int32.self)
            if version >= 2 {
                transactionVersion = try reader.number(Int8.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 1
            writer.number(producerID)
            writer.number(producerEpoch)
            writer.bool(transactionResult)
            writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
            writer.number(coordinatorEpoch)
            if version >= 2 {
                writer.number(transactionVersion)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension WriteTxnMarkersRequest {
    struct WritableTxnMarkerTopic: Equatable, Sendable {
        var name: String = ""
        var partitionIndexes: [Int32] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 1
            name = try reader.string(isFlexible)
            partitionIndexes = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 1
            writer.string(name, isFlexible)
            writer.array(partitionIndexes, isFlexible) { $0.number($1) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
