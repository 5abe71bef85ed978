// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 35.
struct DescribeLogDirsResponse: Message {
    static let apiKey: Int16 = 35
    static let validVersions: ClosedRange<Int16> = 1...5
    static let firstFlexibleVersion: Int16 = 2

    var throttleTimeMs: Int32 = 0
    var errorCode: Int16 = 0
    var results: [DescribeLogDirsResult] = []
    var unknownTags: [UnknownTag] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = version >= 2
        throttleTimeMs = try reader.number(Int32.self)
        if version >= 3 {
            errorCode = try reader.number(Int16.self)
        }
        results = try reader.array(isFlexible) { element throws(MessageError) in
            try DescribeLogDirsResult(from: &element, version: version)
        }
        if isFlexible {
            unknownTags = try reader.tags()
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = version >= 2
        writer.number(throttleTimeMs)
        if version >= 3 {
            writer.number(errorCode)
        }
        writer.array(results, isFlexible) { $1.write(to: &$0, version: version) }
        if isFlexible {
            writer.tags(unknownTags)
        }
    }
}

extension DescribeLogDirsResponse {
    struct DescribeLogDirsResult: Equatable, Sendable {
        var errorCode: Int16 = 0
        var logDir: String = ""
        var topics: [DescribeLogDirsTopic] = []
        var totalBytes: Int64 = -1
        var usableBytes: Int64 = -1
        var isCordoned: Bool = false
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            errorCode = try reader.number(Int16.self)
            logDir = try reader.string(isFlexible)
            topics = try reader.array(isFlexible) { element throws(MessageError) in
                try DescribeLogDirsTopic(from: &element, version: version)
            }
            if version >= 4 {
                totalBytes = try reader.number(Int64.self)
                usableBytes = try reader.number(Int64.self)
            }
            if version >= 5 {
                isCordoned = try reader.bool()
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.number(errorCode)
            writer.string(logDir, isFlexible)
            writer.array(topics, isFlexible) { $1.write(to: &$0, version: version) }
            if version >= 4 {
                writer.number(totalBytes)
                writer.number(usableBytes)
            }
            if version >= 5 {
                writer.bool(isCordoned)
            }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension DescribeLogDirsResponse {
    struct DescribeLogDirsTopic: Equatable, Sendable {
        var name: String = ""
        var partitions: [DescribeLogDirsPartition] = []
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            name = try reader.string(isFlexible)
            partitions = try reader.array(isFlexible) { element throws(MessageError) in
                try DescribeLogDirsPartition(from: &element, version: version)
            }
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.string(name, isFlexible)
            writer.array(partitions, isFlexible) { $1.write(to: &$0, version: version) }
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}

extension DescribeLogDirsResponse {
    struct DescribeLogDirsPartition: Equatable, Sendable {
        var partitionIndex: Int32 = 0
        var partitionSize: Int64 = 0
        var offsetLag: Int64 = 0
        var isFutureKey: Bool = false
        var unknownTags: [UnknownTag] = []

        init() {}

        init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
            let isFlexible = version >= 2
            partitionIndex = try reader.number(Int32.self)
            partitionSize = try reader.number(Int64.self)
            offsetLag = try reader.number(Int64.self)
            isFutureKey = try reader.bool()
            if isFlexible {
                unknownTags = try reader.tags()
            }
        }

        func write(to writer: inout MessageWriter, version: Int16) {
            let isFlexible = version >= 2
            writer.number(partitionIndex)
            writer.number(partitionSize)
            writer.number(offsetLag)
            writer.bool(isFutureKey)
            if isFlexible {
                writer.tags(unknownTags)
            }
        }
    }
}
