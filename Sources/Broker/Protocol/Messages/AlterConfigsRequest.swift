// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 33 of the Kafka protocol.
struct AlterConfigsRequest: Message {
    static let apiKey: Int16 = 33
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 2

    var resources: [AlterConfigsResource] = []
    var validateOnly: Bool = false
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        resources = try reader.array(isFlexible) { element throws(MessageError) in
            try AlterConfigsResource(from: &element, version: version)
        }
        validateOnly = try reader.bool()
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.array(resources, isFlexible) { $1.write(to: &$0, version: version) }
        writer.bool(validateOnly)
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension AlterConfigsRequest {
    struct AlterConfigsResource: Equatable, Sendable {
        var resourceType: Int8 = 0
        var resourceName: String = ""
        var configs: [AlterableConfig] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            resourceType = try reader.number(Int8.self)
            resourceName = try reader.string(isFlexible)
            configs = try reader.array(isFlexible) { element throws(MessageError) in
                try AlterableConfig(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.number(resourceType)
            writer.string(resourceName, isFlexible)
            writer.array(configs, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension AlterConfigsRequest {
    struct AlterableConfig: Equatable, Sendable {
        var name: String = ""
        var value: String? = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            name = try reader.string(isFlexible)
            value = try reader.nullableString(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.string(name, isFlexible)
            writer.string(value, isFlexible)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
