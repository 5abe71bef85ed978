// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 51 of the Kafka protocol.
struct AlterUserScramCredentialsRequest: Message {
    static let apiKey: Int16 = 51
    static let validVersions: ClosedRange<Int16> = 0...0
    static let firstFlexibleVersion: Int16 = 0

    var deletions: [ScramCredentialDeletion] = []
    var upsertions: [ScramCredentialUpsertion] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        deletions = try reader.array(isFlexible) { element throws(MessageError) in
            try ScramCredentialDeletion(from: &element, version: version)
        }
        upsertions = try reader.array(isFlexible) { element throws(MessageError) in
            try ScramCredentialUpsertion(from: &element, version: version)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.array(deletions, isFlexible) { $1.write(to: &$0, version: version) }
        writer.array(upsertions, isFlexible) { $1.write(to: &$0, version: version) }
        writer.tags(unknownTags)
    }
}

extension AlterUserScramCredentialsRequest {
    struct ScramCredentialDeletion: Equatable, Sendable {
        var name: String = ""
        var mechanism: Int8 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            name = try reader.string(isFlexible)
            mechanism = try reader.number(Int8.self)
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(name, isFlexible)
            writer.number(mechanism)
            writer.tags(unknownTags)
        }
    }
}

extension AlterUserScramCredentialsRequest {
    struct ScramCredentialUpsertion: Equatable, Sendable {
        var name: String = ""
        var mechanism: Int8 = 0
        var iterations: Int32 = 0
        var salt: [UInt8] = []
        var saltedPassword: [UInt8] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            name = try reader.string(isFlexible)
            mechanism = try reader.number(Int8.self)
            iterations = try reader.number(Int32.self)
            salt = try reader.bytes(isFlexible)
            saltedPassword = try reader.bytes(isFlexible)
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(name, isFlexible)
            writer.number(mechanism)
            writer.number(iterations)
            writer.bytes(salt, isFlexible)
            writer.bytes(saltedPassword, isFlexible)
            writer.tags(unknownTags)
        }
    }
}
