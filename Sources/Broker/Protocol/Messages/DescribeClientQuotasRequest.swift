// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 48 of the Kafka protocol.
struct DescribeClientQuotasRequest: Message {
    static let apiKey: Int16 = 48
    static let validVersions: ClosedRange<Int16> = 0...1
    static let firstFlexibleVersion: Int16 = 1

    var components: [ComponentData] = []
    var strict: Bool = false
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 1
        components = try reader.array(isFlexible) { element throws(MessageError) in
            try ComponentData(from: &element, version: version)
        }
        strict = try reader.bool()
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 1
        writer.array(components, isFlexible) { $1.write(to: &$0, version: version) }
        writer.bool(strict)
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension DescribeClientQuotasRequest {
    struct ComponentData: Equatable, Sendable {
        var entityType: String = ""
        var matchType: Int8 = 0
        var `match`: String? = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 1
            entityType = try reader.string(isFlexible)
            matchType = try reader.number(Int8.self)
            `match` = try reader.nullableString(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 1
            writer.string(entityType, isFlexible)
            writer.number(matchType)
            writer.string(`match`, isFlexible)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
