// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 48.
struct DescribeClientQuotasResponse: Message {
    static let apiKey: Int16 = 48
    static let validVersions: ClosedRange<Int16> = 0...1
    static let firstFlexibleVersion: Int16 = 1

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var errorMessage: String? = ""
    var entries: [EntryData]? = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 1
        throttleTimeMs = try reader.number(Int32.self)
        errorCode = try reader.number(Int16.self)
        errorMessage = try reader.nullableString(isFlexible)
        entries = try reader.nullableArray(isFlexible) { element throws(MessageError) in
            try EntryData(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 1
        writer.number(throttleTimeMs)
        writer.number(errorCode)
        writer.string(errorMessage, isFlexible)
        writer.array(entries, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension DescribeClientQuotasResponse {
    struct EntryData: Equatable, Sendable {
        var entity: [EntityData] = []
        var values: [ValueData] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 1
            entity = try reader.array(isFlexible) { element throws(MessageError) in
                try EntityData(from: &element, version: version)
            }
            values = try reader.array(isFlexible) { element throws(MessageError) in
                try ValueData(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 1
            writer.array(entity, isFlexible) { $1.write(to: &$0, version: version) }
            writer.array(values, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension DescribeClientQuotasResponse {
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

extension DescribeClientQuotasResponse {
    struct ValueData: Equatable, Sendable {
        var key: String = ""
        var value: Double = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 1
            key = try reader.string(isFlexible)
            value = try reader.double()
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 1
            writer.string(key, isFlexible)
            writer.double(value)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
