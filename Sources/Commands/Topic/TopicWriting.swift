import Broker
import Diagnostics
import Kafka
import Runtime
import Storage

/// Writes the lines of the standard input to a topic.
struct TopicWriting {
    private let topic: String
    private let separator: [UInt8]?
    private let partition: Int?

    private static let milliseconds = 60_000

    init(_ topic: String, _ separator: String?, _ partition: Int?) {
        self.topic = topic
        self.separator = separator.map { Array($0.utf8) }
        self.partition = partition
    }

    /// Returns how many were written, once the cluster has them.
    func run(_ settings: KafkaSettings) throws(KafkaError) -> Int {
        let count = try KafkaTopics(settings).topic(topic).partitions.count
        if let partition, partition >= count {
            throw .refused(
                Diagnostic(
                    .notFound, "topic \(topic) has no partition \(partition)", expected: "0 to \(count - 1)"))
        }
        let producer = try KafkaProducer(settings, topic: topic, transactionalID: nil)
        let clock = TaskEnvironment.machine(LocalFileSystem()).clock
        var number = 0
        var lines = InputLines()
        while let line = lines.next() {
            number += 1
            try send(line, number, clock(), count, producer)
            producer.serve()
            try Self.check(producer)
        }
        try producer.flush(milliseconds: Self.milliseconds)
        try Self.check(producer)
        return number
    }

    /// Throws where a line could not be delivered.
    private static func check(_ producer: KafkaProducer) throws(KafkaError) {
        if producer.hasNoFailures { return }
        let failures = producer.takeFailures()
        if let other = failures.other { throw other }
        if let (tag, reason) = failures.tooLarge.min(by: { $0.key < $1.key }) {
            throw .refused(Diagnostic(.limit, "line \(tag) can't be written: \(reason)"))
        }
    }

    private func send(
        _ line: [UInt8], _ number: Int, _ now: Int64, _ count: Int, _ producer: KafkaProducer
    ) throws(KafkaError) {
        var key: [UInt8]?
        var value = line
        if let separator, let place = Self.place(of: separator, in: line) {
            key = Array(line[..<place])
            value = Array(line[(place + separator.count)...])
        }
        let own = key.map { KafkaPartitioner.partition(of: $0, among: count) } ?? (number - 1) % count
        let sent = try producer.send(
            key: key, value: value, timestamp: now, partition: partition ?? own, tag: number)
        if case .tooLarge(let reason) = sent {
            throw .refused(Diagnostic(.limit, "line \(number) can't be written: \(reason)"))
        }
    }

    private static func place(of part: [UInt8], in line: [UInt8]) -> Int? {
        guard line.count >= part.count else { return nil }
        return (0...line.count - part.count).first { line[$0..<$0 + part.count].elementsEqual(part) }
    }
}
