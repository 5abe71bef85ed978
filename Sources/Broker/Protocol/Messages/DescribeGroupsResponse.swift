// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 15.
struct DescribeGroupsResponse: Message {
    static let apiKey: Int16 = 15
    static let validVersions: ClosedRange<Int16> = 0...6
    static let firstFlexibleVersion: Int16 = 5

    var throttleTimeMs: Int32 = 0
    var groups: [DescribedGroup] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 5
        if version >= 1 {
            throttleTimeMs = try reader.number(Int32.self)
        }
        groups = try reader.array(isFlexible) { element throws(MessageError) in
            try DescribedGroup(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 5
        if version >= 1 {
            writer.number(throttleTimeMs)
        }
        writer.array(groups, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension DescribeGroupsResponse {
    struct DescribedGroup: Equatable, Sendable {
        var errorCode: Int16 = 0
        var errorMessage: String? = nil
        var groupID: String = ""
        var groupState: String = ""
        var protocolType: String = ""
        var protocolData: String = ""
        var members: [DescribedGroupMember] = []
        var authorizedOperations: Int32 = -2147483648
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 5
            errorCode = try reader.number(Int16.self)
            if version >= 6 {
                errorMessage = try reader.nullableString(isFlexible)
            }
            groupID = try reader.string(isFlexible)
            groupState = try reader.string(isFlexible)
            protocolType = try reader.string(isFlexible)
            protocolData = try reader.string(isFlexible)
            members = try reader.array(isFlexible) { element throws(MessageError) in
                try DescribedGroupMember(from: &element, version: version)
            }
            if version >= 3 {
                authorizedOperations = try reader.number(Int32.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 5
            writer.number(errorCode)
            if version >= 6 {
                writer.string(errorMessage, isFlexible)
            }
            writer.string(groupID, isFlexible)
            writer.string(groupState, isFlexible)
            writer.string(protocolType, isFlexible)
            writer.string(protocolData, isFlexible)
            writer.array(members, isFlexible) { $1.write(to: &$0, version: version) }
            if version >= 3 {
                writer.number(authorizedOperations)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension DescribeGroupsResponse {
    struct DescribedGroupMember: Equatable, Sendable {
        var memberID: String = ""
        var groupInstanceID: String? = nil
        var clientID: String = ""
        var clientHost: String = ""
        var memberMetadata: [UInt8] = []
        var memberAssignment: [UInt8] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 5
            memberID = try reader.string(isFlexible)
            if version >= 4 {
                groupInstanceID = try reader.nullableString(isFlexible)
            }
            clientID = try reader.string(isFlexible)
            clientHost = try reader.string(isFlexible)
            memberMetadata = try reader.bytes(isFlexible)
            memberAssignment = try reader.bytes(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 5
            writer.string(memberID, isFlexible)
            if version >= 4 {
                writer.string(groupInstanceID, isFlexible)
            }
            writer.string(clientID, isFlexible)
            writer.string(clientHost, isFlexible)
            writer.bytes(memberMetadata, isFlexible)
            writer.bytes(memberAssignment, isFlexible)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
