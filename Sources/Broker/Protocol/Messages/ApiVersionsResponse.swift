// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 18.
struct ApiVersionsResponse: Message {
    static let apiKey: Int16 = 18
    static let validVersions: ClosedRange<Int16> = 0...4
    static let firstFlexibleVersion: Int16 = 3

    var errorCode: Int16 = 0
    var apiKeys: [ApiVersion] = []
    var throttleTimeMs: Int32 = 0
    var supportedFeatures: [SupportedFeatureKey] = []
    var finalizedFeaturesEpoch: Int64 = -1
    var finalizedFeatures: [FinalizedFeatureKey] = []
    var zkMigrationReady: Bool = false
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 3
        errorCode = try reader.number(Int16.self)
        apiKeys = try reader.array(isFlexible) { element throws(MessageError) in
            try ApiVersion(from: &element, version: version)
        }
        if version >= 1 {
            throttleTimeMs = try reader.number(Int32.self)
        }
        if isFlexible {
            unknownTags = try reader.tags { tag, field throws(MessageError) in
                switch tag {
                case 0:
                    supportedFeatures = try field.array(isFlexible) { element throws(MessageError) in
                        try SupportedFeatureKey(from: &element, version: version)
                    }
                case 1:
                    finalizedFeaturesEpoch = try field.number(Int64.self)
                case 2:
                    finalizedFeatures = try field.array(isFlexible) { element throws(MessageError) in
                        try FinalizedFeatureKey(from: &element, version: version)
                    }
                case 3:
                    zkMigrationReady = try field.bool()
                default: return false
                }
                return true
            }
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 3
        writer.number(errorCode)
        writer.array(apiKeys, isFlexible) { $1.write(to: &$0, version: version) }
        if version >= 1 {
            writer.number(throttleTimeMs)
        }
        if isFlexible {
            var tags = unknownTags
            if version >= 3, supportedFeatures != [] {
                tags.append(
                    MessageWriter.tag(0) { field in
                        field.array(supportedFeatures, isFlexible) { $1.write(to: &$0, version: version) }
                    })
            }
            if version >= 3, finalizedFeaturesEpoch != -1 {
                tags.append(
                    MessageWriter.tag(1) { field in
                        field.number(finalizedFeaturesEpoch)
                    })
            }
            if version >= 3, finalizedFeatures != [] {
                tags.append(
                    MessageWriter.tag(2) { field in
                        field.array(finalizedFeatures, isFlexible) { $1.write(to: &$0, version: version) }
                    })
            }
            if version >= 3, zkMigrationReady != false {
                tags.append(
                    MessageWriter.tag(3) { field in
                        field.bool(zkMigrationReady)
                    })
            }
            writer.tags(tags)
        }
    }
}

extension ApiVersionsResponse {
    struct ApiVersion: Equatable, Sendable {
        var apiKey: Int16 = 0
        var minVersion: Int16 = 0
        var maxVersion: Int16 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 3
            apiKey = try reader.number(Int16.self)
            minVersion = try reader.number(Int16.self)
            maxVersion = try reader.number(Int16.self)
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 3
            writer.number(apiKey)
            writer.number(minVersion)
            writer.number(maxVersion)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension ApiVersionsResponse {
    struct SupportedFeatureKey: Equatable, Sendable {
        var name: String = ""
        var minVersion: Int16 = 0
        var maxVersion: Int16 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 3
            if version >= 3 {
                name = try reader.string(isFlexible)
                minVersion = try reader.number(Int16.self)
                maxVersion = try reader.number(Int16.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 3
            if version >= 3 {
                writer.string(name, isFlexible)
                writer.number(minVersion)
                writer.number(maxVersion)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension ApiVersionsResponse {
    struct FinalizedFeatureKey: Equatable, Sendable {
        var name: String = ""
        var maxVersionLevel: Int16 = 0
        var minVersionLevel: Int16 = 0
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 3
            if version >= 3 {
                name = try reader.string(isFlexible)
                maxVersionLevel = try reader.number(Int16.self)
                minVersionLevel = try reader.number(Int16.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 3
            if version >= 3 {
                writer.string(name, isFlexible)
                writer.number(maxVersionLevel)
                writer.number(minVersionLevel)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
