// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 66 of the Kafka protocol.
struct ListTransactionsRequest: Message {
    static let apiKey: Int16 = 66
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 0

    var stateFilters: [String] = []
    var producerIDFilters: [Int64] = []
    var durationFilter: Int64 = -1
    var transactionalIDPattern: String? = nil
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        stateFilters = try reader.array(isFlexible) { element throws(MessageError) in
            try element.string(isFlexible)
        }
        producerIDFilters = try reader.array(isFlexible) { element throws(MessageError) in
            try element.number(Int64.self)
        }
        if version >= 1 {
            durationFilter = try reader.number(Int64.self)
        }
        if version >= 2 {
            transactionalIDPattern = try reader.nullableString(isFlexible)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.array(stateFilters, isFlexible) { $0.string($1, isFlexible) }
        writer.array(producerIDFilters, isFlexible) { $0.number($1) }
        if version >= 1 {
            writer.number(durationFilter)
        }
        if version >= 2 {
            writer.string(transactionalIDPattern, isFlexible)
        }
        writer.tags(unknownTags)
    }
}
