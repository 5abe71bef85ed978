/// A topic's configuration, by Kafka's names, and what it means for its logs.
///
/// Only what was set is stored; all else has the broker's default. Sizes are bytes, times milliseconds, -1
/// means without bound.
struct TopicConfiguration: Equatable, Sendable {
    /// Why a value cannot be taken: `INVALID_CONFIG`.
    struct Refusal: Error, Equatable {
        let name: String
        let reason: String
    }

    enum Kind: Sendable {
        case text(allowed: [String])
        case words(allowed: [String])
        case integer(ClosedRange<Int64>)
        case number(ClosedRange<Double>)
    }

    struct Definition: Sendable {
        let kind: Kind
        let standard: String
    }

    /// What can be set. Settings that mean something only among many brokers are taken and shown.
    static let definitions: [String: Definition] = [
        "cleanup.policy": .init(kind: .words(allowed: ["delete", "compact"]), standard: "delete"),
        "compression.type": .init(
            kind: .text(allowed: ["producer"]), standard: "producer"),
        "delete.retention.ms": .init(kind: .integer(0...Int64.max), standard: "86400000"),
        "flush.messages": .init(kind: .integer(1...Int64.max), standard: "9223372036854775807"),
        "flush.ms": .init(kind: .integer(0...Int64.max), standard: "9223372036854775807"),
        "index.interval.bytes": .init(kind: .integer(64...Int64(1 << 30)), standard: "4096"),
        "max.compaction.lag.ms": .init(kind: .integer(1...Int64.max), standard: "9223372036854775807"),
        "max.message.bytes": .init(kind: .integer(0...Int64(1 << 30)), standard: "1048588"),
        "message.timestamp.type": .init(
            kind: .text(allowed: ["CreateTime", "LogAppendTime"]), standard: "CreateTime"),
        "min.cleanable.dirty.ratio": .init(kind: .number(0...1), standard: "0.5"),
        "min.compaction.lag.ms": .init(kind: .integer(0...Int64.max), standard: "0"),
        "min.insync.replicas": .init(kind: .integer(1...1), standard: "1"),
        "retention.bytes": .init(kind: .integer(-1...Int64.max), standard: "-1"),
        "retention.ms": .init(kind: .integer(-1...Int64.max), standard: "604800000"),
        "segment.bytes": .init(kind: .integer(1024...Int64(Int32.max)), standard: "1073741824"),
        "segment.ms": .init(kind: .integer(1...Int64.max), standard: "604800000"),
    ]

    private(set) var values: [String: String] = [:]

    init() {}

    /// Throws what the first wrong value is refused for, in the order of the names.
    init(_ values: [String: String]) throws(Refusal) {
        for (name, value) in values.sorted(by: { $0.key < $1.key }) { try set(name, value) }
    }

    /// nil puts the default back.
    mutating func set(_ name: String, _ value: String?) throws(Refusal) {
        guard let definition = TopicConfiguration.definitions[name] else {
            throw Refusal(name: name, reason: "there is no topic setting of this name")
        }
        guard let value else {
            values[name] = nil
            return
        }
        let text = value.trimmed
        try TopicConfiguration.check(name, text, definition.kind)
        values[name] = text
    }

    subscript(name: String) -> String {
        values[name] ?? TopicConfiguration.definitions[name]?.standard ?? ""
    }

    private static func check(_ name: String, _ value: String, _ kind: Kind) throws(Refusal) {
        switch kind {
        case .text(let allowed):
            guard allowed.contains(value) else {
                throw Refusal(
                    name: name, reason: "'\(value)' is not one of \(allowed.joined(separator: ", "))")
            }
        case .words(let allowed):
            for word in value.split(separator: ",", omittingEmptySubsequences: false)
            where !allowed.contains(String(word).trimmed) {
                throw Refusal(
                    name: name, reason: "'\(word)' is not one of \(allowed.joined(separator: ", "))")
            }
        case .integer(let range):
            guard let number = Int64(value), range.contains(number) else {
                throw Refusal(
                    name: name,
                    reason: "'\(value)' is no whole number from \(range.lowerBound) to \(range.upperBound)")
            }
        case .number(let range):
            guard let number = Double(value), range.contains(number) else {
                throw Refusal(
                    name: name,
                    reason: "'\(value)' is no number from \(range.lowerBound) to \(range.upperBound)")
            }
        }
    }

    /// What the logs of the topic are kept by; what cannot be set by topic comes from `defaults`.
    func logSettings(_ defaults: LogSettings = LogSettings()) -> LogSettings {
        var settings = defaults
        let policies = self["cleanup.policy"].split(separator: ",").map { String($0).trimmed }
        settings.isCompacted = policies.contains("compact")
        settings.isDeleted = policies.contains("delete")
        settings.deleteRetentionMilliseconds = integer("delete.retention.ms")
        settings.indexIntervalBytes = Int(integer("index.interval.bytes"))
        settings.maxMessageBytes = Int(integer("max.message.bytes"))
        settings.usesLogAppendTime = self["message.timestamp.type"] == "LogAppendTime"
        settings.minCleanableRatio = Double(self["min.cleanable.dirty.ratio"]) ?? 0.5
        settings.minCompactionLagMilliseconds = integer("min.compaction.lag.ms")
        let bytes = integer("retention.bytes")
        settings.retentionBytes = bytes < 0 ? nil : Int(bytes)
        let milliseconds = integer("retention.ms")
        settings.retentionMilliseconds = milliseconds < 0 ? nil : milliseconds
        settings.segmentBytes = Int(integer("segment.bytes"))
        settings.segmentMilliseconds = integer("segment.ms")
        if integer("flush.messages") == 1 {
            settings.flush = .everyAppend
        } else if values["flush.ms"] != nil {
            settings.flush = .after(bytes: 64 << 20, milliseconds: integer("flush.ms"))
        }
        return settings
    }

    private func integer(_ name: String) -> Int64 { Int64(self[name]) ?? 0 }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
