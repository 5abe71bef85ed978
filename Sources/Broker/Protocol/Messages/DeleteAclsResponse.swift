// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 31.
struct DeleteAclsResponse: Message {
    static let apiKey: Int16 = 31
    static let validVersions: ClosedRange<Int16> = 1...3
    static let firstFlexibleVersion: Int16 = 2

    var throttleTimeMs: Int32 = 0
    var filterResults: [DeleteAclsFilterResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        throttleTimeMs = try reader.number(Int32.self)
        filterResults = try reader.array(isFlexible) { element throws(MessageError) in
            try DeleteAclsFilterResult(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.number(throttleTimeMs)
        writer.array(filterResults, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension DeleteAclsResponse {
    struct DeleteAclsFilterResult: Equatable, Sendable {
        var errorCode: Int16 = 0
        var errorMessage: String? = ""
        var matchingAcls: [DeleteAclsMatchingAcl] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            errorCode = try reader.number(Int16.self)
            errorMessage = try reader.nullableString(isFlexible)
            matchingAcls = try reader.array(isFlexible) { element throws(MessageError) in
                try DeleteAclsMatchingAcl(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.number(errorCode)
            writer.string(errorMessage, isFlexible)
            writer.array(matchingAcls, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension DeleteAclsResponse {
    struct DeleteAclsMatchingAcl: Equatable, Sendable {
        var errorCode: Int16 = 0
        var errorMessage: String? = ""
        var resourceType: Int8 = 0
        var resourceName: String = ""
        var patternType: Int8 = 3
        var principal: String = ""
        var host: String = ""
        var operation: Int8 = 0
        var permissionType: Int8 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            errorCode = try reader.number(Int16.self)
            errorMessage = try reader.nullableString(isFlexible)
            resourceType = try reader.number(Int8.self)
            resourceName = try reader.string(isFlexible)
            if version >= 1 {
                patternType = try reader.number(Int8.self)
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
            writer.number(errorCode)
            writer.string(errorMessage, isFlexible)
            writer.number(resourceType)
            writer.string(resourceName, isFlexible)
            if version >= 1 {
                writer.number(patternType)
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
