// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 34 of the Kafka protocol.
struct AlterReplicaLogDirsRequest: Message {
    static let apiKey: Int16 = 34
    static let validVersions: ClosedRange<Int16> = 1...2
    static let firstFlexibleVersion: Int16 = 2

    var dirs: [AlterReplicaLogDir] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        dirs = try reader.array(isFlexible) { element throws(MessageError) in
            try AlterReplicaLogDir(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.array(dirs, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension AlterReplicaLogDirsRequest {
    struct AlterReplicaLogDir: Equatable, Sendable {
        var path: String = ""
        var topics: [AlterReplicaLogDirTopic] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            path = try reader.string(isFlexible)
            topics = try reader.array(isFlexible) { element throws(MessageError) in
                try AlterReplicaLogDirTopic(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.string(path, isFlexible)
            writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension AlterReplicaLogDirsRequest {
    struct AlterReplicaLogDirTopic: Equatable, Sendable {
        var name: String = ""
        var partitions: [Int32] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            name = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try element.number(Int32.self)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.string(name, isFlexible)
            writer.array(partitions, isFlexible) { $0.number($1) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
