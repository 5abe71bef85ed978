// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 32.
struct DescribeConfigsResponse: Message {
    static let apiKey: Int16 = 32
    static let validVersions: ClosedRange<Int16> = 1...4
    static let firstFlexibleVersion: Int16 = 4

    var throttleTimeMs: Int32 = 0
    var results: [DescribeConfigsResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 4
        throttleTimeMs = try reader.number(Int32.self)
        results = try reader.array(isFlexible) { element throws(MessageError) in
            try DescribeConfigsResult(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 4
        writer.number(throttleTimeMs)
        writer.array(results, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension DescribeConfigsResponse {
    struct DescribeConfigsResult: Equatable, Sendable {
        var errorCode: Int16 = 0
        var errorMessage: String? = ""
        var resourceType: Int8 = 0
        var resourceName: String = ""
        var configs: [DescribeConfigsResourceResult] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 4
            errorCode = try reader.number(Int16.self)
            errorMessage = try reader.nullableString(isFlexible)
            resourceType = try reader.number(Int8.self)
            resourceName = try reader.string(isFlexible)
            configs = try reader.array(isFlexible) { element throws(MessageError) in
                try DescribeConfigsResourceResult(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 4
            writer.number(errorCode)
            writer.string(errorMessage, isFlexible)
            writer.number(resourceType)
            writer.string(resourceName, isFlexible)
            writer.array(configs, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension DescribeConfigsResponse {
    struct DescribeConfigsResourceResult: Equatable, Sendable {
        var name: String = ""
        var value: String? = ""
        var readOnly: Bool = false
        var configSource: Int8 = -1
        var isDefault: Bool = false
        var isSensitive: Bool = false
        var synonyms: [DescribeConfigsSynonym] = []
        var configType: Int8 = 0
        var documentation: String? = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 4
            name = try reader.string(isFlexible)
            value = try reader.nullableString(isFlexible)
            readOnly = try reader.bool()
            if version >= 1 {
                configSource = try reader.number(Int8.self)
            }
            if version <= 0 {
                isDefault = try reader.bool()
            }
            isSensitive = try reader.bool()
            if version >= 1 {
                synonyms = try reader.array(isFlexible) { element throws(MessageError) in
                    try DescribeConfigsSynonym(from: &element, version: version)
                }
            }
            if version >= 3 {
                configType = try reader.number(Int8.self)
                documentation = try reader.nullableString(isFlexible)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 4
            writer.string(name, isFlexible)
            writer.string(value, isFlexible)
            writer.bool(readOnly)
            if version >= 1 {
                writer.number(configSource)
            }
            if version <= 0 {
                writer.bool(isDefault)
            }
            writer.bool(isSensitive)
            if version >= 1 {
                writer.array(synonyms, isFlexible) { $1.write(to: &$0, version: version) }
            }
            if version >= 3 {
                writer.number(configType)
                writer.string(documentation, isFlexible)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension DescribeConfigsResponse {
    struct DescribeConfigsSynonym: Equatable, Sendable {
        var name: String = ""
        var value: String? = ""
        var source: Int8 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 4
            if version >= 1 {
                name = try reader.string(isFlexible)
                value = try reader.nullableString(isFlexible)
                source = try reader.number(Int8.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 4
            if version >= 1 {
                writer.string(name, isFlexible)
                writer.string(value, isFlexible)
                writer.number(source)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
