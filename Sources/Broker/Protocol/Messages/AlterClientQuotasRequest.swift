// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 49 of the Kafka protocol.
struct AlterClientQuotasRequest: Message {
    static let apiKey: Int16 = 49
    static let validVersions: ClosedRange<Int16> = 0...1
    static let firstFlexibleVersion: Int16 = 1

    var entries: [EntryData] = []
    var validateOnly: Bool = false
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 1
        entries = try reader.array(isFlexible) { element throws(MessageError) in
            try EntryData(from: &element, version: version)
        }
        validateOnly = try reader.bool()
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 1
        writer.array(entries, isFlexible) { $1.write(to: &$0, version: version) }
        writer.bool(validateOnly)
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension AlterClientQuotasRequest {
    struct EntryData: Equatable, Sendable {
        var entity: [EntityData] = []
        var ops: [OpData] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 1
            entity = try reader.array(isFlexible) { element throws(MessageError) in
                try EntityData(from: &element, version: version)
            }
            ops = try reader.array(isFlexible) { element throws(MessageError) in
                try OpData(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 1
            writer.array(entity, isFlexible) { $1.write(to: &$0, version: version) }
            writer.array(ops, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension AlterClientQuotasRequest {
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

extension AlterClientQuotasRequest {
    struct OpData: Equatable, Sendable {
        var key: String = ""
        var value: Double = 0
        var remove: Bool = false
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 1
            key = try reader.string(isFlexible)
            value = try reader.double()
            remove = try reader.bool()
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 1
            writer.string(key, isFlexible)
            writer.double(value)
            writer.bool(remove)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
