// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 16.
struct ListGroupsResponse: Message {
    static let apiKey: Int16 = 16
    static let validVersions: ClosedRange<Int16> = 0...5
    static let firstFlexibleVersion: Int16 = 3

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var groups: [ListedGroup] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 3
        if version >= 1 {
            throttleTimeMs = try reader.number(Int32.self)
        }
        errorCode = try reader.number(Int16.self)
        groups = try reader.array(isFlexible) { element throws(MessageError) in
            try ListedGroup(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 3
        if version >= 1 {
            writer.number(throttleTimeMs)
        }
        writer.number(errorCode)
        writer.array(groups, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension ListGroupsResponse {
    struct ListedGroup: Equatable, Sendable {
        var groupID: String = ""
        var protocolType: String = ""
        var groupState: String = ""
        var groupType: String = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 3
            groupID = try reader.string(isFlexible)
            protocolType = try reader.string(isFlexible)
            if version >= 4 {
                groupState = try reader.string(isFlexible)
            }
            if version >= 5 {
                groupType = try reader.string(isFlexible)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 3
            writer.string(groupID, isFlexible)
            writer.string(protocolType, isFlexible)
            if version >= 4 {
                writer.string(groupState, isFlexible)
            }
            if version >= 5 {
                writer.string(groupType, isFlexible)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
