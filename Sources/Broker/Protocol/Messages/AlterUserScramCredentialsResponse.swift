// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 51.
struct AlterUserScramCredentialsResponse: Message {
    static let apiKey: Int16 = 51
    static let validVersions: ClosedRange<Int16> = 0...0
    static let firstFlexibleVersion: Int16 = 0

    var throttleTimeMs: Int32 = 0
    var results: [AlterUserScramCredentialsResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        throttleTimeMs = try reader.number(Int32.self)
        results = try reader.array(isFlexible) { element throws(MessageError) in
            try AlterUserScramCredentialsResult(from: &element, version: version)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.number(throttleTimeMs)
        writer.array(results, isFlexible) { $1.write(to: &$0, version: version) }
        writer.tags(unknownTags)
    }
}

extension AlterUserScramCredentialsResponse {
    struct AlterUserScramCredentialsResult: Equatable, Sendable {
        var user: String = ""
        var errorCode: Int16 = 0
        var errorMessage: String? = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            user = try reader.string(isFlexible)
            errorCode = try reader.number(Int16.self)
            errorMessage = try reader.nullableString(isFlexible)
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(user, isFlexible)
            writer.number(errorCode)
            writer.string(errorMessage, isFlexible)
            writer.tags(unknownTags)
        }
    }
}
