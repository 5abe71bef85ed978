// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 65 of the Kafka protocol.
struct DescribeTransactionsRequest: Message {
    static let apiKey: Int16 = 65
    static let validVersions: ClosedRange<Int16> = 0...0
    static let firstFlexibleVersion: Int16 = 0

    var transactionalIDs: [String] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        transactionalIDs = try reader.array(isFlexible) { element throws(MessageError) in
            try element.string(isFlexible)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.array(transactionalIDs, isFlexible) { $0.string($1, isFlexible) }
        writer.tags(unknownTags)
    }
}
