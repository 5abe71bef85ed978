import CLibrdkafka
import Diagnostics

/// Reads partitions of one topic from offsets that it is told; nobody else assigns it any.
///
/// Calls that ask the cluster wait for its answer; `take` and `end(of:)` never wait. `take`, `assign` and
/// their like belong to one thread at a time, the rest may be called by any.
public final class KafkaConsumer: @unchecked Sendable {
    public let topic: String
    private let handle: KafkaHandle
    private let queue: OpaquePointer
    private let callback: InputCallback
    // Messages that were got and not yet asked for.
    private var scratch: [KafkaMessages.Message?]
    private var held = 0..<0

    /// Wakes whoever reads; its address is what the library calls.
    private final class InputCallback: Sendable {
        let notify: @Sendable () -> Void

        init(_ notify: @escaping @Sendable () -> Void) { self.notify = notify }
    }

    private static let pieceCount = 4096

    /// - Parameters:
    ///   - group: under which offsets are committed for monitoring.
    ///   - queueBytes: what each partition may hold in memory ahead of the reader, about.
    ///   - onInput: called by the library's threads when there is something to take: must not block.
    public init(
        _ settings: KafkaSettings, topic: String, group: String, queueBytes: Int,
        onInput: @escaping @Sendable () -> Void
    ) throws(KafkaError) {
        self.topic = topic
        let own = [
            "group.id": group, "enable.auto.commit": "false", "enable.auto.offset.store": "false",
            "enable.partition.eof": "true", "auto.offset.reset": "error",
            "isolation.level": "read_committed",
            "queued.max.messages.kbytes": String(max(1, queueBytes >> 10)),
            // The bytes are what counts.
            "queued.min.messages": "10000000",
            "fetch.wait.max.ms": "100",
            "topic.metadata.refresh.interval.ms": "30000",
        ]
        handle = try KafkaHandle(.consumer, settings, own: own, onInput: onInput)
        scratch = [KafkaMessages.Message?](repeating: nil, count: Self.pieceCount)
        callback = InputCallback(onInput)
        // Errors of connections come the same way as messages.
        rd_kafka_poll_set_consumer(handle.pointer)
        guard let queue = rd_kafka_queue_get_consumer(handle.pointer) else {
            throw .refused(Diagnostic(.internalError, "a Kafka consumer has no queue"))
        }
        self.queue = queue
        rd_kafka_queue_cb_event_enable(
            queue,
            { _, opaque in
                guard let opaque else { return }
                Unmanaged<InputCallback>.fromOpaque(opaque).takeUnretainedValue().notify()
            }, Unmanaged.passUnretained(callback).toOpaque())
    }

    deinit {
        rd_kafka_queue_cb_event_enable(queue, nil, nil)
        dropHeld()
        rd_kafka_queue_destroy(queue)
    }

    // MARK: State

    /// What keeps the topic from being read for the time being; nil when nothing does.
    public var trouble: KafkaTrouble? { handle.events.trouble }

    /// Why the cluster lets this client not in, where that is the newest that is known of its connections.
    public var refusal: KafkaError? { handle.refusal("Kafka at \(handle.place) can't be used") }

    public func setTrouble(_ reason: Diagnostic) { handle.events.set(reason) }

    public func clearTrouble() { handle.events.clear() }

    public func clusterID(milliseconds: Int) -> String? { handle.clusterID(milliseconds: milliseconds) }

    // MARK: Asking the cluster

    /// How many partitions the topic has, and those that nobody leads at the moment.
    public func partitions(milliseconds: Int) throws(KafkaError) -> (count: Int, leaderless: [Int]) {
        try handle.partitions(of: topic, milliseconds: milliseconds)
    }

    /// The first offset of each partition and the one behind the last that readers may see.
    public func bounds(
        _ partitions: [Int], milliseconds: Int
    ) throws(KafkaError) -> [Int: Range<Int64>] {
        let starts = try offsets(partitions, at: Int64(RD_KAFKA_OFFSET_BEGINNING), milliseconds)
        let ends = try offsets(partitions, at: Int64(RD_KAFKA_OFFSET_END), milliseconds)
        var bounds: [Int: Range<Int64>] = [:]
        for (partition, start) in starts { bounds[partition] = start..<max(start, ends[partition] ?? start) }
        return bounds
    }

    /// The first offset of each partition whose record is not older than a time; its end where there is none.
    public func offsets(
        _ partitions: [Int], since time: Int64, milliseconds: Int
    ) throws(KafkaError) -> [Int: Int64] {
        let found = try offsets(partitions, at: time, milliseconds)
        let missing = partitions.filter { (found[$0] ?? -1) < 0 }
        if missing.isEmpty { return found }
        let ends = try offsets(missing, at: Int64(RD_KAFKA_OFFSET_END), milliseconds)
        return found.merging(ends) { $1 }
    }

    private func offsets(
        _ partitions: [Int], at time: Int64, _ milliseconds: Int
    ) throws(KafkaError) -> [Int: Int64] {
        let what = "the offsets of topic \(topic) can't be looked up"
        guard let list = PartitionOffsets(topic, partitions.map { ($0, time) }) else {
            throw handle.error(RD_KAFKA_RESP_ERR__FAIL, what)
        }
        try handle.check(
            rd_kafka_offsets_for_times(handle.pointer, list.pointer, Int32(milliseconds)), what)
        var offsets: [Int: Int64] = [:]
        for (partition, offset, code) in list.answers {
            try handle.check(code, what)
            offsets[partition] = offset
        }
        return offsets
    }

    /// What the group has committed, by partition; nothing where it has not.
    public func committed(
        _ partitions: [Int], milliseconds: Int
    ) throws(KafkaError) -> [Int: Int64] {
        let what = "the offsets that the group has committed for topic \(topic) can't be looked up"
        guard let list = PartitionOffsets(topic, partitions.map { ($0, Int64(RD_KAFKA_OFFSET_INVALID)) })
        else { throw handle.error(RD_KAFKA_RESP_ERR__FAIL, what) }
        try handle.check(rd_kafka_committed(handle.pointer, list.pointer, Int32(milliseconds)), what)
        var offsets: [Int: Int64] = [:]
        for (partition, offset, code) in list.answers {
            try handle.check(code, what)
            if offset >= 0 { offsets[partition] = offset }
        }
        return offsets
    }

    // MARK: Reading

    /// Reads these partitions and no others, each from an offset; what was got before is dropped.
    public func assign(_ offsets: [(partition: Int, offset: Int64)]) throws(KafkaError) {
        dropHeld()
        guard let list = PartitionOffsets(topic, offsets) else {
            throw handle.error(RD_KAFKA_RESP_ERR__FAIL, "the topic \(topic) can't be read")
        }
        try handle.check(
            rd_kafka_assign(handle.pointer, list.pointer), "the topic \(topic) can't be read")
        awaitStops()
    }

    /// Waits until the library has stopped to read what it read before.
    ///
    /// A partition that is taken from it a second time until then, by another assignment or its end, makes it
    /// end the process (an assertion in `rd_kafka_assignment_partition_stopped`).
    private func awaitStops() {
        // A question goes through the same queue as the stops, the next one through that of their answers.
        for _ in 0..<3 {
            var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
            guard rd_kafka_assignment(handle.pointer, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else {
                return
            }
            rd_kafka_topic_partition_list_destroy(list)
        }
    }

    /// Commits offsets in the group, for those who watch it; nobody waits for it.
    public func commit(_ offsets: [(partition: Int, offset: Int64)]) {
        guard !offsets.isEmpty, let list = PartitionOffsets(topic, offsets) else { return }
        // One that fails is made up for by the next.
        _ = rd_kafka_commit(handle.pointer, list.pointer, 1)
    }

    /// The end of a partition as it was last heard of; nil before.
    public func end(of partition: Int) -> Int64? {
        var (low, high): (Int64, Int64) = (0, 0)
        guard
            rd_kafka_get_watermark_offsets(handle.pointer, topic, Int32(partition), &low, &high)
                == RD_KAFKA_RESP_ERR_NO_ERROR, high >= 0
        else { return nil }
        return high
    }

    /// What has come, at most so many bytes but one message if there is any.
    public func take(maximumBytes: Int) -> KafkaTake {
        var take = KafkaTake()
        var places: [Int32: Int] = [:]
        var (lastPartition, lastPlace): (Int32, Int) = (-1, 0)
        var bytes = 0
        var failed = false
        while bytes < maximumBytes, !failed {
            if held.isEmpty, !refill() { break }
            guard let message = scratch[held.lowerBound] else { break }
            let fields = message.pointee
            if fields.err != RD_KAFKA_RESP_ERR_NO_ERROR {
                held = held.dropFirst()
                note(message, in: &take)
                rd_kafka_message_destroy(message)
                // What comes behind it may be another matter.
                failed = !take.failures.isEmpty
                continue
            }
            let size = KafkaMessages.byteCount(message)
            if bytes > 0, bytes + size > maximumBytes { break }
            held = held.dropFirst()
            if fields.partition != lastPartition {
                lastPartition = fields.partition
                if let place = places[lastPartition] {
                    lastPlace = place
                } else {
                    lastPlace = take.messages.count
                    places[lastPartition] = lastPlace
                    take.messages.append(KafkaMessages(Int(lastPartition), of: handle))
                }
            }
            take.messages[lastPlace].append(message)
            bytes += max(1, size)
        }
        if !take.messages.isEmpty || !take.ends.isEmpty { clearTrouble() }
        return take
    }

    /// Lets the library tell what is wrong; what it has got is kept for `take`.
    public func serve() { if held.isEmpty { _ = refill() } }

    private func refill() -> Bool {
        let count = scratch.withUnsafeMutableBufferPointer { scratch in
            rd_kafka_consume_batch_queue(queue, 0, scratch.baseAddress, scratch.count)
        }
        held = 0..<max(0, count)
        return !held.isEmpty
    }

    private func dropHeld() {
        for index in held { if let message = scratch[index] { rd_kafka_message_destroy(message) } }
        held = 0..<0
    }

    private func note(_ message: KafkaMessages.Message, in take: inout KafkaTake) {
        let (code, partition) = (message.pointee.err, Int(message.pointee.partition))
        if code == RD_KAFKA_RESP_ERR__PARTITION_EOF {
            take.ends.append((partition, message.pointee.offset))
            return
        }
        let text = rd_kafka_message_errstr(message).map { String(cString: $0) }
        let what =
            "the topic \(topic)" + (partition >= 0 ? ", partition \(partition)," : "") + " can't be read"
        let isOutside =
            code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE
        let error = handle.error(code, what, text)
        let kind: KafkaTake.Failure.Kind
        switch error {
        case _ where isOutside: kind = .outOfRange
        case .absent: kind = .gone
        case .unavailable: kind = .passing
        case .refused, .fenced: kind = .refused
        }
        take.failures.append(.init(kind: kind, partition: partition, reason: error.diagnostic))
    }
}
