// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 50.
struct DescribeUserScramCredentialsResponse: Message {
    static let apiKey: Int16 = 50
    static let validVersions: ClosedRange<Int16> = 0...0
    static let firstFlexibleVersion: Int16 = 0

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var errorMessage: String? = ""
    var results: [DescribeUserScramCredentialsResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        throttleTimeMs = try reader.number(Int32.self)
        errorCode = try reader.number(Int16.self)
        errorMessage = try reader.nullableString(isFlexible)
        results = try reader.array(isFlexible) { element throws(MessageError) in
            try DescribeUserScramCredentialsResult(from: &element, version: version)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.number(throttleTimeMs)
        writer.number(errorCode)
        writer.string(errorMessage, isFlexible)
        writer.array(results, isFlexible) { $1.write(to: &$0, version: version) }
        writer.tags(unknownTags)
    }
}

extension DescribeUserScramCredentialsResponse {
    struct DescribeUserScramCredentialsResult: Equatable, Sendable {
        var user: String = ""
        var errorCode: Int16 = 0
        var errorMessage: String? = ""
        var credentialInfos: [CredentialInfo] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            user = try reader.string(isFlexible)
            errorCode = try reader.number(Int16.self)
            errorMessage = try reader.nullableString(isFlexible)
            credentialInfos = try reader.array(isFlexible) { element throws(MessageError) in
                try CredentialInfo(from: &element, version: version)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(user, isFlexible)
            writer.number(errorCode)
            writer.string(errorMessage, isFlexible)
            writer.array(credentialInfos, isFlexible) { $1.write(to: &$0, version: version) }
            writer.tags(unknownTags)
        }
    }
}

extension DescribeUserScramCredentialsResponse {
    struct CredentialInfo: Equatable, Sendable {
        var mechanism: Int8 = 0
        var iterations: Int32 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            mechanism = try reader.number(Int8.self)
            iterations = try reader.number(Int32.self)
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            writer.number(mechanism)
            writer.number(iterations)
            writer.tags(unknownTags)
        }
    }
}
