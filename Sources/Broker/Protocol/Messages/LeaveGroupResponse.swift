// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 13.
struct LeaveGroupResponse: Message {
    static let apiKey: Int16 = 13
    static let validVersions: ClosedRange<Int16> = 0...5
    static let firstFlexibleVersion: Int16 = 4

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var members: [MemberResponse] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 4
        if version >= 1 {
            throttleTimeMs = try reader.number(Int32.self)
        }
        errorCode = try reader.number(Int16.self)
        if version >= 3 {
            members = try reader.array(isFlexible) { element throws(MessageError) in
                try MemberResponse(from: &element, version: version)
            }
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 4
        if version >= 1 {
            writer.number(throttleTimeMs)
        }
        writer.number(errorCode)
        if version >= 3 {
            writer.array(members, isFlexible) { $1.write(to: &$0, version: version) }
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension LeaveGroupResponse {
    struct MemberResponse: Equatable, Sendable {
        var memberID: String = ""
        var groupInstanceID: String? = ""
        var errorCode: Int16 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 4
            if version >= 3 {
                memberID = try reader.string(isFlexible)
                groupInstanceID = try reader.nullableString(isFlexible)
                errorCode = try reader.number(Int16.self)
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
                writer.number(errorCode)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
