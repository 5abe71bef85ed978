// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 11 of the Kafka protocol.
struct JoinGroupRequest: Message {
    static let apiKey: Int16 = 11
    static let validVersions: ClosedRange<Int16> = 0...9
    static let firstFlexibleVersion: Int16 = 6

    var groupID: String = ""
    var sessionTimeoutMs: Int32 = 0
    var rebalanceTimeoutMs: Int32 = -1
    var memberID: String = ""
    var groupInstanceID: String? = nil
    var protocolType: String = ""
    var protocols: [JoinGroupRequestProtocol] = []
    var reason: String? = nil
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 6
        groupID = try reader.string(isFlexible)
        sessionTimeoutMs = try reader.number(Int32.self)
        if version >= 1 {
            rebalanceTimeoutMs = try reader.number(Int32.self)
        }
        memberID = try reader.string(isFlexible)
        if version >= 5 {
            groupInstanceID = try reader.nullableString(isFlexible)
        }
        protocolType = try reader.string(isFlexible)
        protocols = try reader.array(isFlexible) { element throws(MessageError) in
            try JoinGroupRequestProtocol(from: &element, version: version)
        }
        if version >= 8 {
            reason = try reader.nullableString(isFlexible)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 6
        writer.string(groupID, isFlexible)
        writer.number(sessionTimeoutMs)
        if version >= 1 {
            writer.number(rebalanceTimeoutMs)
        }
        writer.string(memberID, isFlexible)
        if version >= 5 {
            writer.string(groupInstanceID, isFlexible)
        }
        writer.string(protocolType, isFlexible)
        writer.array(protocols, isFlexible) { $1.write(to: &$0, version: version) }
        if version >= 8 {
            writer.string(reason, isFlexible)
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension JoinGroupRequest {
    struct JoinGroupRequestProtocol: Equatable, Sendable {
        var name: String = ""
        var metadata: [UInt8] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 6
            name = try reader.string(isFlexible)
            metadata = try reader.bytes(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 6
            writer.string(name, isFlexible)
            writer.bytes(metadata, isFlexible)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
