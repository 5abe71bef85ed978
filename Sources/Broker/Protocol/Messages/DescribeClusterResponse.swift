// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 60.
struct DescribeClusterResponse: Message {
    static let apiKey: Int16 = 60
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 0

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var errorMessage: String? = nil
    var endpointType: Int8 = 1
    var clusterID: String = ""
    var controllerID: Int32 = -1
    var brokers: [DescribeClusterBroker] = []
    var clusterAuthorizedOperations: Int32 = -2147483648
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        throttleTimeMs = try reader.number(Int32.self)
        errorCode = try reader.number(Int16.self)
        errorMessage = try reader.nullableString(isFlexible)
        if version >= 1 {
            endpointType = try reader.number(Int8.self)
        }
        clusterID = try reader.string(isFlexible)
        controllerID = try reader.number(Int32.self)
        brokers = try reader.array(isFlexible) { element throws(MessageError) in
            try DescribeClusterBroker(from: &element, version: version)
        }
        clusterAuthorizedOperations = try reader.number(Int32.self)
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.number(throttleTimeMs)
        writer.number(errorCode)
        writer.string(errorMessage, isFlexible)
        if version >= 1 {
            writer.number(endpointType)
        }
        writer.string(clusterID, isFlexible)
        writer.number(controllerID)
        writer.array(brokers, isFlexible) { $1.write(to: &$0, version: version) }
        writer.number(clusterAuthorizedOperations)
        writer.tags(unknownTags)
    }
}

extension DescribeClusterResponse {
    struct DescribeClusterBroker: Equatable, Sendable {
        var brokerID: Int32 = 0
        var host: String = ""
        var port: Int32 = 0
        var rack: String? = nil
        var isFenced: Bool = false
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            brokerID = try reader.number(Int32.self)
            host = try reader.string(isFlexible)
            port = try reader.number(Int32.self)
            rack = try reader.nullableString(isFlexible)
            if version >= 2 {
                isFenced = try reader.bool()
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.number(brokerID)
            writer.string(host, isFlexible)
            writer.number(port)
            writer.string(rack, isFlexible)
            if version >= 2 {
                writer.bool(isFenced)
            }
            writer.tags(unknownTags)
        }
    }
}
