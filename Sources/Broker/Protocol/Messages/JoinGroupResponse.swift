// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 11.
struct JoinGroupResponse: Message {
    static let apiKey: Int16 = 11
    static let validVersions: ClosedRange<Int16> = 0...9
    static let firstFlexibleVersion: Int16 = 6

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var generationID: Int32 = -1
    var protocolType: String? = nil
    var protocolName: String? = ""
    var leader: String = ""
    var skipAssignment: Bool = false
    var memberID: String = ""
    var members: [JoinGroupResponseMember] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 6
        if version >= 2 {
            throttleTimeMs = try reader.number(Int32.self)
        }
        errorCode = try reader.number(Int16.self)
        generationID = try reader.number(Int32.self)
        if version >= 7 {
            protocolType = try reader.nullableString(isFlexible)
        }
        if version >= 7 {
            protocolName = try reader.nullableString(isFlexible)
        } else {
            protocolName = try reader.string(isFlexible)
        }
        leader = try reader.string(isFlexible)
        if version >= 9 {
            skipAssignment = try reader.bool()
        }
        memberID = try reader.string(isFlexible)
        members = try reader.array(isFlexible) { element throws(MessageError) in
            try JoinGroupResponseMember(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 6
        if version >= 2 {
            writer.number(throttleTimeMs)
        }
        writer.number(errorCode)
        writer.number(generationID)
        if version >= 7 {
            writer.string(protocolType, isFlexible)
        }
        if version >= 7 {
            writer.string(protocolName, isFlexible)
        } else {
            writer.string((protocolName ?? ""), isFlexible)
        }
        writer.string(leader, isFlexible)
        if version >= 9 {
            writer.bool(skipAssignment)
        }
        writer.string(memberID, isFlexible)
        writer.array(members, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension JoinGroupResponse {
    struct JoinGroupResponseMember: Equatable, Sendable {
        var memberID: String = ""
        var groupInstanceID: String? = nil
        var metadata: [UInt8] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 6
            memberID = try reader.string(isFlexible)
            if version >= 5 {
                groupInstanceID = try reader.nullableString(isFlexible)
            }
            metadata = try reader.bytes(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 6
            writer.string(memberID, isFlexible)
            if version >= 5 {
                writer.string(groupInstanceID, isFlexible)
            }
            writer.bytes(metadata, isFlexible)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
