// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 30.
struct CreateAclsResponse: Message {
    static let apiKey: Int16 = 30
    static let validVersions: ClosedRange<Int16> = 1...3
    static let firstFlexibleVersion: Int16 = 2

    var throttleTimeMs: Int32 = 0
    var results: [AclCreationResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        throttleTimeMs = try reader.number(Int32.self)
        results = try reader.array(isFlexible) { element throws(MessageError) in
            try AclCreationResult(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.number(throttleTimeMs)
        writer.array(results, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension CreateAclsResponse {
    struct AclCreationResult: Equatable, Sendable {
        var errorCode: Int16 = 0
        var errorMessage: String? = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            errorCode = try reader.number(Int16.self)
            errorMessage = try reader.nullableString(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.number(errorCode)
            writer.string(errorMessage, isFlexible)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
