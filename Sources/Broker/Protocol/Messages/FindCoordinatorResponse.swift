// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 10.
struct FindCoordinatorResponse: Message {
    static let apiKey: Int16 = 10
    static let validVersions: ClosedRange<Int16> = 0...6
    static let firstFlexibleVersion: Int16 = 3

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var errorMessage: String? = ""
    var nodeID: Int32 = 0
    var host: String = ""
    var port: Int32 = 0
    var coordinators: [Coordinator] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 3
        if version >= 1 {
            throttleTimeMs = try reader.number(Int32.self)
        }
        if version <= 3 {
            errorCode = try reader.number(Int16.self)
        }
        if version >= 1 && version <= 3 {
            errorMessage = try reader.nullableString(isFlexible)
        }
        if version <= 3 {
            nodeID = try reader.number(Int32.self)
            host = try reader.string(isFlexible)
            port = try reader.number(Int32.self)
        }
        if version >= 4 {
            coordinators = try reader.array(isFlexible) { element throws(MessageError) in
                try Coordinator(from: &element, version: version)
            }
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 3
        if version >= 1 {
            writer.number(throttleTimeMs)
        }
        if version <= 3 {
            writer.number(errorCode)
        }
        if version >= 1 && version <= 3 {
            writer.string(errorMessage, isFlexible)
        }
        if version <= 3 {
            writer.number(nodeID)
            writer.string(host, isFlexible)
            writer.number(port)
        }
        if version >= 4 {
            writer.array(coordinators, isFlexible) { $1.write(to: &$0, version: version) }
        }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension FindCoordinatorResponse {
    struct Coordinator: Equatable, Sendable {
        var key: String = ""
        var nodeID: Int32 = 0
        var host: String = ""
        var port: Int32 = 0
        var errorCode: Int16 = 0
        var errorMessage: String? = ""
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 3
            if version >= 4 {
                key = try reader.string(isFlexible)
                nodeID = try reader.number(Int32.self)
                host = try reader.string(isFlexible)
                port = try reader.number(Int32.self)
                errorCode = try reader.number(Int16.self)
                errorMessage = try reader.nullableString(isFlexible)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 3
            if version >= 4 {
                writer.string(key, isFlexible)
                writer.number(nodeID)
                writer.string(host, isFlexible)
                writer.number(port)
                writer.number(errorCode)
                writer.string(errorMessage, isFlexible)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
