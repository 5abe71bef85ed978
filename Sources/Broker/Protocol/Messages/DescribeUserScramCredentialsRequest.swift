// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 50 of the Kafka protocol.
struct DescribeUserScramCredentialsRequest: Message {
    static let apiKey: Int16 = 50
    static let validVersions: ClosedRange<Int16> = 0...0
    static let firstFlexibleVersion: Int16 = 0

    var users: [UserName]? = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        users = try reader.nullableArray(isFlexible) { element throws(MessageError) in
            try UserName(from: &element, version: version)
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.array(users, isFlexible) { $1.write(to: &$0, version: version) }
        writer.tags(unknownTags)
    }
}

extension DescribeUserScramCredentialsRequest {
    struct UserName: Equatable, Sendable {
        var name: String = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            name = try reader.string(isFlexible)
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(name, isFlexible)
            writer.tags(unknownTags)
        }
    }
}
