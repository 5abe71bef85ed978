import Columnar
import Diagnostics
import Kafka

/// How a topic of a Kafka cluster is read.
public struct KafkaSourceSettings: Sendable {
    /// Where reading starts when there is no checkpoint.
    public enum Start: Sendable, Equatable {
        case earliest
        case latest
        /// With the first record that is not older; milliseconds since the epoch.
        case time(Int64)
        /// With what the group has committed, and else with what is still there.
        case committed
    }

    /// What is done where an offset that is to be read is not there any more.
    public enum Reset: Sendable, Equatable {
        /// Goes on with what is still there, and says what is lost.
        case earliest
        /// Goes on with what comes from now on, and says what is lost.
        case latest
        case fail
    }

    public var cluster: KafkaSettings
    public var topic: String
    /// That is read from it, for messages.
    public var relation: String
    /// Under which offsets are committed for those who watch.
    public var group: String
    public var start = Start.earliest
    public var reset = Reset.fail
    /// Makes the topic where it is not there; nil does not.
    public var creation: KafkaNewTopic?
    /// How often new partitions are looked for, milliseconds.
    public var discoveryInterval = 30_000
    /// What may wait in memory to be read, all partitions together, about.
    public var queueBytes = 64 << 20
    /// The partitions that are read; nil is all of them.
    public var share: PartitionShare?
    /// How long the cluster may be away before reading fails, milliseconds; nil is for ever.
    public var patience: Int?

    public init(cluster: KafkaSettings, topic: String, relation: String, group: String) {
        self.cluster = cluster
        self.topic = topic
        self.relation = relation
        self.group = group
    }

    /// Reads what the relation's properties say beside the cluster.
    mutating func read(_ options: [String: String], reset: Reset?) throws(Diagnostic) {
        if let reset { self.reset = reset }
        if reset == .latest { start = .latest }
        if let named = options["group.id"] { group = named }
        if let text = options["start"] { start = try Self.start(text) }
        if let text = options["discovery_interval"] {
            guard let interval = DurationText.parse(text)?.wholeMilliseconds, interval > 0 else {
                throw Diagnostic(
                    .invalidValue, "'\(text)' is no value for 'discovery_interval' of \(relation)",
                    expected: "a length of time such as '30 seconds'")
            }
            discoveryInterval = Int(clamping: interval)
        }
    }

    private static func start(_ text: String) throws(Diagnostic) -> Start {
        switch text.lowercased() {
        case "earliest": return .earliest
        case "latest": return .latest
        case "committed": return .committed
        default:
            if let time = Int64(text), time >= 0 { return .time(time) }
            var bytes = text
            if let time = bytes.withUTF8({ TimestampText.parse(UnsafeRawBufferPointer($0)) }) {
                return .time(time)
            }
            throw Diagnostic(
                .invalidValue, "'\(text)' is no value for 'start'",
                expected: "'earliest', 'latest', 'committed' or a time such as '2026-11-21T08:00:00Z'")
        }
    }
}
