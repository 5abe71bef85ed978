// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 36.
struct SaslAuthenticateResponse: Message {
    static let apiKey: Int16 = 36
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 2

    var errorCode: Int16 = 0
    var errorMessage: String? = ""
    var authBytes: [UInt8] = []
    var sessionLifetimeMs: Int64 = 0
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        errorCode = try reader.number(Int16.self)
        errorMessage = try reader.nullableString(isFlexible)
        authBytes = try reader.bytes(isFlexible)
        if version >= 1 {
            sessionLifetimeMs = try reader.number(Int64.self)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.number(errorCode)
        writer.string(errorMessage, isFlexible)
        writer.bytes(authBytes, isFlexible)
        if version >= 1 {
            writer.number(sessionLifetimeMs)
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}
