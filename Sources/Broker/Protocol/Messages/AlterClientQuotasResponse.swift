// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 49.
struct AlterClientQuotasResponse: Message {
    static let apiKey: Int16 = 49
    static let validVersions: ClosedRange<Int16> = 0...1
    static let firstFlexibleVersion: Int16 = 1

    var throttleTimeMs: Int32 = 0
    var entries: [EntryData] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 1
        throttleTimeMs = try reader.number(Int32.self)
        entries = try reader.array(isFlexible) { element throws(MessageError) in
            try EntryData(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 1
        writer.number(throttleTimeMs)
        writer.array(entries, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension AlterClientQuotasResponse {
    struct EntryData: Equatable, Sendable {
        var errorCode: Int16 = 0
        var errorMessage: String? = ""
        var entity: [EntityData] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 1
            errorCode = try reader.number(Int16.self)
            errorMessage = try reader.nullableString(isFlexible)
            entity = try reader.array(isFlexible) { element throws(MessageError) in
                try EntityData(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 1
            writer.number(errorCode)
            writer.string(errorMessage, isFlexible)
            writer.array(entity, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension AlterClientQuotasResponse {
    struct EntityData: Equatable, Sendable {
        var entityType: String = ""
        var entityName: String? = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 1
            entityType = try reader.string(isFlexible)
            entityName = try reader.nullableString(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 1
            writer.string(entityType, isFlexible)
            writer.string(entityName, isFlexible)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
