// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 14 of the Kafka protocol.
struct SyncGroupRequest: Message {
    static let apiKey: Int16 = 14
    static let validVersions: ClosedRange<Int16> = 0...5
    static let firstFlexibleVersion: Int16 = 4

    var groupID: String = ""
    var generationID: Int32 = 0
    var memberID: String = ""
    var groupInstanceID: String? = nil
    var protocolType: String? = nil
    var protocolName: String? = nil
    var assignments: [SyncGroupRequestAssignment] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 4
        groupID = try reader.string(isFlexible)
        generationID = try reader.number(Int32.self)
        memberID = try reader.string(isFlexible)
        if version >= 3 {
            groupInstanceID = try reader.nullableString(isFlexible)
        }
        if version >= 5 {
            protocolType = try reader.nullableString(isFlexible)
            protocolName = try reader.nullableString(isFlexible)
        }
        assignments = try reader.array(isFlexible) { element throws(MessageError) in
            try SyncGroupRequestAssignment(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 4
        writer.string(groupID, isFlexible)
        writer.number(generationID)
        writer.string(memberID, isFlexible)
        if version >= 3 {
            writer.string(groupInstanceID, isFlexible)
        }
        if version >= 5 {
            writer.string(protocolType, isFlexible)
            writer.string(protocolName, isFlexible)
        }
        writer.array(assignments, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension SyncGroupRequest {
    struct SyncGroupRequestAssignment: Equatable, Sendable {
        var memberID: String = ""
        var assignment: [UInt8] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 4
            memberID = try reader.string(isFlexible)
            assignment = try reader.bytes(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 4
            writer.string(memberID, isFlexible)
            writer.bytes(assignment, isFlexible)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
