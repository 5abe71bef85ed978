// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 32 of the Kafka protocol.
struct DescribeConfigsRequest: Message {
    static let apiKey: Int16 = 32
    static let validVersions: ClosedRange<Int16> = 1...4
    static let firstFlexibleVersion: Int16 = 4

    var resources: [DescribeConfigsResource] = []
    var includeSynonyms: Bool = false
    var includeDocumentation: Bool = false
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 4
        resources = try reader.array(isFlexible) { element throws(MessageError) in
            try DescribeConfigsResource(from: &element, version: version)
        }
        if version >= 1 {
            includeSynonyms = try reader.bool()
        }
        if version >= 3 {
            includeDocumentation = try reader.bool()
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 4
        writer.array(resources, isFlexible) { $1.write(to: &$0, version: version) }
        if version >= 1 {
            writer.bool(includeSynonyms)
        }
        if version >= 3 {
            writer.bool(includeDocumentation)
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension DescribeConfigsRequest {
    struct DescribeConfigsResource: Equatable, Sendable {
        var resourceType: Int8 = 0
        var resourceName: String = ""
        var configurationKeys: [String]? = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 4
            resourceType = try reader.number(Int8.self)
            resourceName = try reader.string(isFlexible)
            configurationKeys = try reader.nullableArray(isFlexible) { element throws(MessageError) in
                try element.string(isFlexible)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 4
            writer.number(resourceType)
            writer.string(resourceName, isFlexible)
            writer.array(configurationKeys, isFlexible) { $0.string($1, isFlexible) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
