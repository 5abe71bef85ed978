import Columnar
import Diagnostics
import Formats
import Kafka
import Runtime
import Simulation

/// Prints the records of a topic.
struct TopicReading: Sendable {
    private enum Start: Sendable {
        case earliest
        case latest
        case offset(Int64)
        /// Milliseconds since the epoch.
        case time(Int64)
    }

    private let topic: String
    private let start: Start
    private let partition: Int?
    private let limit: Int
    private let follows: Bool
    private let printsValues: Bool

    private static let milliseconds = 10_000

    init(_ arguments: ParsedArguments, topic: String, partition: Int?) throws(Diagnostic) {
        self.topic = topic
        self.partition = partition
        limit = try arguments.integer("--limit", in: 0...Int.max) ?? .max
        follows = arguments.isSet("--follow")
        printsValues = arguments.isSet("--values")
        start = try arguments.value("--from") { text throws(Diagnostic) in try Self.start(text) } ?? .earliest
    }

    private static func start(_ text: String) throws(Diagnostic) -> Start {
        switch text.lowercased() {
        case "earliest": return .earliest
        case "latest": return .latest
        default:
            if let offset = Int64(text), offset >= 0 { return .offset(offset) }
            if let time = TimeText.parse(text) { return .time(time) }
            throw Diagnostic(
                .usage, "--from \(text) is no place in a topic",
                expected: "earliest, latest, an offset, or a time such as 2026-11-21T08:00:00Z")
        }
    }

    func run(_ settings: KafkaSettings, _ console: Console, _ isJSON: Bool) throws(KafkaError) {
        let wake = WakePipe()
        StopSignals.install(waking: wake.writing)
        defer { StopSignals.uninstall() }
        let consumer = try KafkaConsumer(
            settings, topic: topic, group: "millrace.topic", queueBytes: 4 << 20, onInput: { wake.wake() })
        var partitions = Array(0..<(try KafkaTopics(settings).topic(topic).partitions.count))
        if let partition {
            guard partitions.contains(partition) else {
                throw .refused(
                    Diagnostic(
                        .notFound, "topic \(topic) has no partition \(partition)",
                        expected: "0 to \(partitions.count - 1)"))
            }
            partitions = [partition]
        }
        let bounds = try consumer.bounds(partitions, milliseconds: Self.milliseconds)
        var next = try starts(consumer, partitions, bounds)
        try consumer.assign(next.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 })
        var left = limit
        func isDone() -> Bool {
            if left == 0 || StopSignals.isStopping { return true }
            return !follows && next.allSatisfy { $0.value >= bounds[$0.key]?.upperBound ?? 0 }
        }
        while !isDone() {
            let take = consumer.take(maximumBytes: 256 << 10)
            for failure in take.failures {
                if failure.kind == .passing {
                    console.errors.line("waiting: " + failure.reason.message)
                } else {
                    throw .refused(failure.reason)
                }
            }
            for messages in take.messages {
                next[messages.partition] = messages.endOffset
                for record in messages.records.prefix(left) {
                    left -= 1
                    console.output.line(isJSON ? json(record) : text(record))
                }
            }
            for (partition, offset) in take.ends { next[partition] = max(next[partition] ?? 0, offset) }
            if take.isEmpty, !isDone() { wake.wait(milliseconds: 500) }
        }
    }

    private func starts(
        _ consumer: KafkaConsumer, _ partitions: [Int], _ bounds: [Int: Range<Int64>]
    ) throws(KafkaError) -> [Int: Int64] {
        switch start {
        case .earliest: return bounds.mapValues(\.lowerBound)
        case .latest: return bounds.mapValues(\.upperBound)
        case .offset(let offset):
            return bounds.mapValues { min(max($0.lowerBound, offset), $0.upperBound) }
        case .time(let time):
            return try consumer.offsets(partitions, since: time, milliseconds: Self.milliseconds)
        }
    }

    // MARK: Records

    private func text(_ record: KafkaRecord) -> String {
        func shown(_ bytes: [UInt8]?) -> String {
            bytes.map { String(decoding: $0, as: UTF8.self) } ?? "null"
        }
        if printsValues { return shown(record.value) }
        let time = record.timestamp < 0 ? "-" : Civil.timestampText(milliseconds: record.timestamp)
        var line =
            "\(record.partition):\(record.offset)  \(time)  \(shown(record.key))  \(shown(record.value))"
        if !record.headers.isEmpty {
            line +=
                "  [" + record.headers.map { "\($0.name)=\(shown($0.value))" }.joined(separator: ", ") + "]"
        }
        return line
    }

    private func json(_ record: KafkaRecord) -> String {
        func member(_ name: String, _ bytes: [UInt8]?) -> JSONValue.Member {
            guard let bytes else { return .init(name, .null) }
            if let text = String(validating: bytes, as: UTF8.self) { return .init(name, .string(text)) }
            return .init(name + "_hex", .string(bytes.map { Self.hexadecimal($0) }.joined()))
        }
        if printsValues { return JSONValue.object([member("value", record.value)]).text }
        return JSONValue.object([
            .init("partition", .number(String(record.partition))),
            .init("offset", .number(String(record.offset))),
            .init("timestamp", .number(String(record.timestamp))), member("key", record.key),
            member("value", record.value),
            .init("headers", .object(record.headers.map { member($0.name, $0.value) })),
        ]).text
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}
