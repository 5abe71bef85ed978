// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 57.
struct UpdateFeaturesResponse: Message {
    static let apiKey: Int16 = 57
    static let validVersions: ClosedRange<Int16> = 0...2
    static let firstFlexibleVersion: Int16 = 0

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var errorMessage: String? = ""
    var results: [UpdatableFeatureResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = true
        throttleTimeMs = try reader.number(Int32.self)
        errorCode = try reader.number(Int16.self)
        errorMessage = try reader.nullableString(isFlexible)
        if version <= 1 {
            results = try reader.array(isFlexible) { element throws(MessageError) in
                try UpdatableFeatureResult(from: &element, version: version)
            }
        }
        unknownTags = try reader.tags()
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = true
        writer.number(throttleTimeMs)
        writer.number(errorCode)
        writer.string(errorMessage, isFlexible)
        if version <= 1 {
            writer.array(results, isFlexible) { $1.write(to: &$0, version: version) }
        }
        writer.tags(unknownTags)
    }
}

extension UpdateFeaturesResponse {
    struct UpdatableFeatureResult: Equatable, Sendable {
        var feature: String = ""
        var errorCode: Int16 = 0
        var errorMessage: String? = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = true
            feature = try reader.string(isFlexible)
            errorCode = try reader.number(Int16.self)
            errorMessage = try reader.nullableString(isFlexible)
            unknownTags = try reader.tags()
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = true
            writer.string(feature, isFlexible)
            writer.number(errorCode)
            writer.string(errorMessage, isFlexible)
            writer.tags(unknownTags)
        }
    }
}
