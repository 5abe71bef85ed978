// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 60 of the Kafka protocol.
struct DescribeClusterRequest: Message {
    static let apiKey: Int16 = 60
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 0

    var includeClusterAuthorizedOperations: Bool = false
    var endpointType: Int8 = 1
    var includeFencedBrokers: Bool = false
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        includeClusterAuthorizedOperations = try reader.bool()
        if version >= 1 {
            endpointType = try reader.number(Int8.self)
        }
        if version >= 2 {
            includeFencedBrokers = try reader.bool()
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        writer.bool(includeClusterAuthorizedOperations)
        if version >= 1 {
            writer.number(endpointType)
        }
        if version >= 2 {
            writer.bool(includeFencedBrokers)
        }
        writer.tags(unknownTags)
    }
}
