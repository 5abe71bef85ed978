// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 57 of the Kafka protocol.
struct UpdateFeaturesRequest: Message {
    static let apiKey: Int16 = 57
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 0

    var timeoutMs: Int32 = 60000
    var featureUpdates: [FeatureUpdateKey] = []
    var validateOnly: Bool = false
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        timeoutMs = try reader.number(Int32.self)
        featureUpdates = try reader.array(isFlexible) { element throws(MessageError) in
            try FeatureUpdateKey(from: &element, version: version)
        }
        if version >= 1 {
            validateOnly = try reader.bool()
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.number(timeoutMs)
        writer.array(featureUpdates, isFlexible) { $1.write(to: &$0, version: version) }
        if version >= 1 {
            writer.bool(validateOnly)
        }
        writer.tags(unknownTags)
    }
}

extension UpdateFeaturesRequest {
    struct FeatureUpdateKey: Equatable, Sendable {
        var feature: String = ""
        var maxVersionLevel: Int16 = 0
        var allowDowngrade: Bool = false
        var upgradeType: Int8 = 1
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            feature = try reader.string(isFlexible)
            maxVersionLevel = try reader.number(Int16.self)
            if version <= 0 {
                allowDowngrade = try reader.bool()
            }
            if version >= 1 {
                upgradeType = try reader.number(Int8.self)
            }
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(feature, isFlexible)
            writer.number(maxVersionLevel)
            if version <= 0 {
                writer.bool(allowDowngrade)
            }
            if version >= 1 {
                writer.number(upgradeType)
            }
            writer.tags(unknownTags)
        }
    }
}
