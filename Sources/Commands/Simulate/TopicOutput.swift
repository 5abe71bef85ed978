import Broker
import Diagnostics
import Kafka
import Runtime
import Simulation
import Storage

/// Simulated lines as messages of a topic: what is a file elsewhere is a run of messages that the cluster has
/// confirmed.
final class TopicOutput: OutputDirectory {
    private let producer: KafkaProducer
    private let partitionCount: Int
    private let key: [UInt8]?
    private let clock: @Sendable () -> Int64
    /// The beginning of a line whose end has not come.
    private var rest: [UInt8] = []
    private var turn = 0
    private var number = 0

    private static let milliseconds = 60_000

    init(_ topic: String, servers: String, _ options: MessageOptions) throws(Diagnostic) {
        clock = TaskEnvironment.machine(LocalFileSystem()).clock
        key = options.key.field.map { Array("\"\($0)\":\"".utf8) }
        partitionCount = try Self.partitionCount(of: topic, servers: servers, options)
        let settings = try KafkaFlags.settings(servers: servers, properties: options.properties)
        producer = try Self.telling { () throws(KafkaError) in
            try KafkaProducer(settings, topic: topic, transactionalID: nil)
        }
    }

    /// Makes the topic if it is not there.
    static func partitionCount(
        of topic: String, servers: String, _ options: MessageOptions
    ) throws(Diagnostic) -> Int {
        let settings = try KafkaFlags.settings(servers: servers, properties: options.properties)
        return try telling { () throws(KafkaError) in
            let topics = try KafkaTopics(settings)
            do throws(KafkaError) {
                return try topics.topic(topic).partitions.count
            } catch {
                guard case .absent = error else { throw error }
                try topics.create(KafkaNewTopic(topic, partitions: options.partitions))
                return options.partitions
            }
        }
    }

    private static func telling<Answer>(
        _ body: () throws(KafkaError) -> Answer
    ) throws(Diagnostic) -> Answer {
        do throws(KafkaError) { return try body() } catch { throw error.diagnostic }
    }

    func begin() throws(Diagnostic) {}

    func write(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
        let now = clock()
        var start = 0
        if !rest.isEmpty {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
                rest += bytes
                return
            }
            var line = LineBuffer(capacity: rest.count + end)
            line.append(rest)
            line.append(bytes[..<end])
            rest = []
            try line.withBytes { line throws(Diagnostic) in
                try Self.telling { () throws(KafkaError) in try send(line, now) }
            }
            start = end + 1
        }
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            try Self.telling { () throws(KafkaError) in try send(line, now) }
            start = end + 1
        }
        rest = Array(bytes[start...])
        producer.serve()
    }

    private func send(_ line: UnsafeRawBufferPointer, _ now: Int64) throws(KafkaError) {
        number += 1
        let key = keyBytes(line)
        var partition = turn
        if let key {
            partition = KafkaPartitioner.partition(of: key, among: partitionCount)
        } else {
            turn = (turn + 1) % partitionCount
        }
        let sent = try producer.send(
            key: key, value: line, timestamp: now, partition: partition, tag: number, copies: true)
        if case .tooLarge(let reason) = sent {
            throw .refused(Diagnostic(.limit, "an event can't be sent: \(reason)"))
        }
    }

    /// The value of the key's field; nil where a line has none, as malformed ones may.
    private func keyBytes(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard let key, let start = Self.end(of: key, in: line),
            let end = line[start...].firstIndex(of: UInt8(ascii: "\"")), end > start
        else { return nil }
        return UnsafeRawBufferPointer(rebasing: line[start..<end])
    }

    /// Behind the first occurrence of some bytes.
    private static func end(of part: [UInt8], in line: UnsafeRawBufferPointer) -> Int? {
        guard line.count >= part.count else { return nil }
        var index = 0
        while index <= line.count - part.count {
            var length = 0
            while length < part.count, line[index + length] == part[length] { length += 1 }
            if length == part.count { return index + length }
            index += 1
        }
        return nil
    }

    func publish(as name: String) throws(Diagnostic) -> Bool {
        try Self.telling { () throws(KafkaError) in
            try producer.flush(milliseconds: Self.milliseconds)
            let failures = producer.takeFailures()
            if let other = failures.other { throw other }
            if let reason = failures.tooLarge.values.first {
                throw .refused(Diagnostic(.limit, "an event can't be sent: \(reason)"))
            }
        }
        return true
    }

    func discard() { rest = [] }
}

extension SimulationDestination {
    /// - Parameter messages: how lines become messages, where it is a topic.
    func open(_ messages: MessageOptions) throws(Diagnostic) -> any OutputDirectory {
        switch self {
        case .directory(let path): try LocalDirectory(path: path)
        case .topic(let topic, let servers): try TopicOutput(topic, servers: servers, messages)
        }
    }
}
