// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 44 of the Kafka protocol.
struct IncrementalAlterConfigsRequest: Message {
    static let apiKey: Int16 = 44
    static let validVersions: ClosedRange<Int16> = 0...1
    static let firstFlexibleVersion: Int16 = 1

    var resources: [AlterConfigsResource] = []
    var validateOnly: Bool = false
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 1
        resources = try reader.array(isFlexible) { element throws(MessageError) in
            try AlterConfigsResource(from: &element, version: version)
        }
        validateOnly = try reader.bool()
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 1
        writer.array(resources, isFlexible) { $1.write(to: &$0, version: version) }
        writer.bool(validateOnly)
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension IncrementalAlterConfigsRequest {
    struct AlterConfigsResource: Equatable, Sendable {
        var resourceType: Int8 = 0
        var resourceName: String = ""
        var configs: [AlterableConfig] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 1
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
            let isFlexible = version >= 1
            writer.number(resourceType)
            writer.string(resourceName, isFlexible)
            writer.array(configs, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension IncrementalAlterConfigsRequest {
    struct AlterableConfig: Equatable, Sendable {
        var name: String = ""
        var configOperation: Int8 = 0
        var value: String? = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 1
            name = try reader.string(isFlexible)
            configOperation = try reader.number(Int8.self)
            value = try reader.nullableString(isFlexible)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 1
            writer.string(name, isFlexible)
            writer.number(configOperation)
            writer.string(value, isFlexible)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
