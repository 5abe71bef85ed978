// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 29 of the Kafka protocol.
struct DescribeAclsRequest: Message {
    static let apiKey: Int16 = 29
    static let validVersions: ClosedRange<Int16> = 1...3
    static let firstFlexibleVersion: Int16 = 2

    var resourceTypeFilter: Int8 = 0
    var resourceNameFilter: String? = ""
    var patternTypeFilter: Int8 = 3
    var principalFilter: String? = ""
    var hostFilter: String? = ""
    var operation: Int8 = 0
    var permissionType: Int8 = 0
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        resourceTypeFilter = try reader.number(Int8.self)
        resourceNameFilter = try reader.nullableString(isFlexible)
        if version >= 1 {
            patternTypeFilter = try reader.number(Int8.self)
        }
        principalFilter = try reader.nullableString(isFlexible)
        hostFilter = try reader.nullableString(isFlexible)
        operation = try reader.number(Int8.self)
        permissionType = try reader.number(Int8.self)
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.number(resourceTypeFilter)
        writer.string(resourceNameFilter, isFlexible)
        if version >= 1 {
            writer.number(patternTypeFilter)
        }
        writer.string(principalFilter, isFlexible)
        writer.string(hostFilter, isFlexible)
        writer.number(operation)
        writer.number(permissionType)
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
