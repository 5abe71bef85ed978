// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 42.
struct DeleteGroupsResponse: Message {
    static let apiKey: Int16 = 42
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 2

    var throttleTimeMs: Int32 = 0
    var results: [DeletableGroupResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        throttleTimeMs = try reader.number(Int32.self)
        results = try reader.array(isFlexible) { element throws(MessageError) in
            try DeletableGroupResult(from: &element, version: version)
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

extension DeleteGroupsResponse {
    struct DeletableGroupResult: Equatable, Sendable {
        var groupID: String = ""
        var errorCode: Int16 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            groupID = try reader.string(isFlexible)
            errorCode = try reader.number(Int16.self)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.string(groupID, isFlexible)
            writer.number(errorCode)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
