// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 30 of the Kafka protocol.
struct CreateAclsRequest: Message {
    static let apiKey: Int16 = 30
    static let validVersions: ClosedRange<Int16> = 1...3
    static let firstFlexibleVersion: Int16 = 2

    var creations: [AclCreation] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        creations = try reader.array(isFlexible) { element throws(MessageError) in
            try AclCreation(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.array(creations, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension CreateAclsRequest {
    struct AclCreation: Equatable, Sendable {
        var resourceType: Int8 = 0
        var resourceName: String = ""
        var resourcePatternType: Int8 = 3
        var principal: String = ""
        var host: String = ""
        var operation: Int8 = 0
        var permissionType: Int8 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            resourceType = try reader.number(Int8.self)
            resourceName = try reader.string(isFlexible)
            if version >= 1 {
                resourcePatternType = try reader.number(Int8.self)
            }
            principal = try reader.string(isFlexible)
            host = try reader.string(isFlexible)
            operation = try reader.number(Int8.self)
            permissionType = try reader.number(Int8.self)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.number(resourceType)
            writer.string(resourceName, isFlexible)
            if version >= 1 {
                writer.number(resourcePatternType)
            }
            writer.string(principal, isFlexible)
            writer.string(host, isFlexible)
            writer.number(operation)
            writer.number(permissionType)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
