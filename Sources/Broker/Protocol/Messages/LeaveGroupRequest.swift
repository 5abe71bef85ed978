// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 13 of the Kafka protocol.
struct LeaveGroupRequest: Message {
    static let apiKey: Int16 = 13
    static let validVersions: ClosedRange<Int16> = 0...5
    static let firstFlexibleVersion: Int16 = 4

    var groupID: String = ""
    var memberID: String = ""
    var members: [MemberIdentity] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 4
        groupID = try reader.string(isFlexible)
        if version <= 2 {
            memberID = try reader.string(isFlexible)
        }
        if version >= 3 {
            members = try reader.array(isFlexible) { element throws(MessageError) in
                try MemberIdentity(from: &element, version: version)
            }
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 4
        writer.string(groupID, isFlexible)
        if version <= 2 {
            writer.string(memberID, isFlexible)
        }
        if version >= 3 {
            writer.array(members, isFlexible) { $1.write(to: &$0, version: version) }
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension LeaveGroupRequest {
    struct MemberIdentity: Equatable, Sendable {
        var memberID: String = ""
        var groupInstanceID: String? = nil
        var reason: String? = nil
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 4
            if version >= 3 {
                memberID = try reader.string(isFlexible)
                groupInstanceID = try reader.nullableString(isFlexible)
            }
            if version >= 5 {
                reason = try reader.nullableString(isFlexible)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 4
            if version >= 3 {
                writer.string(memberID, isFlexible)
                writer.string(groupInstanceID, isFlexible)
            }
            if version >= 5 {
                writer.string(reason, isFlexible)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
