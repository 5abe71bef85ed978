import CLibrdkafka
import Diagnostics
import Glibc

/// Writes messages to one topic: in transactions that carry a number, or without any.
///
/// For one thread at a time. A message's bytes stay the caller's until `commit`, `flush` or `abort` has
/// returned.
public final class KafkaProducer: @unchecked Sendable {
    /// What became of a message that was handed over.
    public enum Sent: Sendable {
        case taken
        /// It is larger than the producer or the cluster allows; the message is not in the transaction.
        case tooLarge(String)
    }

    public let topic: String
    public let isTransactional: Bool
    /// After so many milliseconds the cluster takes a transaction back.
    public let transactionMilliseconds: Int64
    private let handle: KafkaHandle
    private let topicHandle: OpaquePointer

    /// Time for a large epoch over a slow line.
    private static let transactionMilliseconds: Int64 = 300_000

    /// - Parameter transactionalID: names the writer for the cluster, which lets only the newest one of that
    ///   name write; nil writes without transactions.
    public init(
        _ settings: KafkaSettings, topic: String, transactionalID: String?
    ) throws(KafkaError) {
        self.topic = topic
        isTransactional = transactionalID != nil
        // Who waits for one broker alone, or none, can't have what is written once.
        let acks = settings.properties["acks"] ?? settings.properties["request.required.acks"] ?? "all"
        let isSafe = transactionalID != nil || acks == "all" || acks == "-1"
        var own = [
            "enable.idempotence": isSafe ? "true" : "false", "delivery.report.only.error": "true",
            // An epoch comes all at once, or somebody waits for a few messages of it.
            "linger.ms": "0",
        ]
        if let transactionalID {
            own["transactional.id"] = transactionalID
            own["transaction.timeout.ms"] = String(Self.transactionMilliseconds)
        }
        transactionMilliseconds =
            settings.properties["transaction.timeout.ms"].flatMap { Int64($0) }
            ?? Self.transactionMilliseconds
        handle = try KafkaHandle(.producer, settings, own: own)
        guard let topicHandle = rd_kafka_topic_new(handle.pointer, topic, nil) else {
            throw handle.error(rd_kafka_last_error(), "the topic \(topic) can't be written")
        }
        self.topicHandle = topicHandle
    }

    deinit { rd_kafka_topic_destroy(topicHandle) }

    private var what: String { "the topic \(topic) in Kafka at \(handle.place) can't be written" }

    /// How many partitions the topic has.
    public func partitionCount(milliseconds: Int) throws(KafkaError) -> Int {
        try handle.partitions(of: topic, milliseconds: milliseconds).count
    }

    // MARK: Transactions

    /// Fences off earlier writers of the name and has what they left open ended. Comes first.
    public func start(milliseconds: Int) throws(KafkaError) {
        guard isTransactional else { return }
        try check(rd_kafka_init_transactions(handle.pointer, Int32(milliseconds)))
    }

    public func begin() throws(KafkaError) {
        _ = handle.events.takeFailures()
        guard isTransactional else { return }
        try check(rd_kafka_begin_transaction(handle.pointer))
    }

    /// Has the transaction set an offset of a group, seen once it is committed.
    public func mark(_ group: String, partition: Int, _ number: Int64, milliseconds: Int) throws(KafkaError) {
        guard let list = PartitionOffsets(topic, [(partition, number)]),
            let metadata = rd_kafka_consumer_group_metadata_new(group)
        else { throw handle.error(RD_KAFKA_RESP_ERR__FAIL, what) }
        defer { rd_kafka_consumer_group_metadata_destroy(metadata) }
        try check(
            rd_kafka_send_offsets_to_transaction(
                handle.pointer, list.pointer, metadata, Int32(milliseconds)))
    }

    /// Makes all of the transaction visible at once, or throws `unavailable`: then it may be called again,
    /// and must be before anything else.
    public func commit(milliseconds: Int) throws(KafkaError) {
        try check(rd_kafka_commit_transaction(handle.pointer, Int32(milliseconds)))
        clearTrouble()
    }

    public func abort(milliseconds: Int) throws(KafkaError) {
        try check(rd_kafka_abort_transaction(handle.pointer, Int32(milliseconds)))
    }

    /// Whether the transaction can only be aborted.
    public private(set) var mustAbort = false

    private func check(_ failure: OpaquePointer?) throws(KafkaError) {
        mustAbort = false
        guard let failure else { return }
        defer { rd_kafka_error_destroy(failure) }
        mustAbort = rd_kafka_error_txn_requires_abort(failure) != 0
        let text = rd_kafka_error_string(failure).map { String(cString: $0) } ?? "no reason is known"
        throw handle.error(rd_kafka_error_code(failure), what, text)
    }

    /// Whether the producer can do nothing any more: a new one is to be made.
    public var isBroken: Bool {
        rd_kafka_fatal_error(handle.pointer, nil, 0) != RD_KAFKA_RESP_ERR_NO_ERROR
    }

    /// Why the producer can do nothing any more; nil where it can.
    public var failure: KafkaError? {
        var text = [CChar](repeating: 0, count: 512)
        let code = rd_kafka_fatal_error(handle.pointer, &text, text.count)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(code, what, KafkaHandle.text(text))
    }

    public func clearTrouble() { handle.events.clear() }

    // MARK: Messages

    /// Hands a message over; waits while the producer's queue is full.
    ///
    /// - Parameter tag: above 0; names the message where it could not be delivered.
    public func send(
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, timestamp: Int64, partition: Int,
        headers: [(name: String, value: [UInt8]?)] = [], tag: Int, copies: Bool = false
    ) throws(KafkaError) -> Sent {
        while true {
            let list = Self.list(headers)
            let code = millrace_librdkafka_produce(
                handle.pointer, topicHandle, Int32(partition), base(key), key?.count ?? 0,
                base(value), value?.count ?? 0, timestamp, list, copies ? 1 : 0,
                UnsafeMutableRawPointer(bitPattern: tag))
            if code == RD_KAFKA_RESP_ERR_NO_ERROR { return .taken }
            if let list { rd_kafka_headers_destroy(list) }
            switch code {
            case RD_KAFKA_RESP_ERR__QUEUE_FULL: rd_kafka_poll(handle.pointer, 20)
            case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
                return .tooLarge("it is larger than 'kafka.message.max.bytes' allows")
            default: throw handle.error(code, what)
            }
        }
    }

    /// The same for few messages, whose bytes are copied.
    public func send(
        key: [UInt8]?, value: [UInt8]?, timestamp: Int64, partition: Int,
        headers: [(name: String, value: [UInt8]?)] = [], tag: Int
    ) throws(KafkaError) -> Sent {
        // One place behind: nothing has no address.
        let bytes = (key ?? []) + (value ?? []) + [0]
        let split = key?.count ?? 0
        var result: Result<Sent, KafkaError> = .success(.taken)
        bytes.withUnsafeBytes { bytes in
            do throws(KafkaError) {
                result = .success(
                    try send(
                        key: key.map { _ in UnsafeRawBufferPointer(rebasing: bytes[..<split]) },
                        value: value.map {
                            UnsafeRawBufferPointer(rebasing: bytes[split..<split + $0.count])
                        },
                        timestamp: timestamp, partition: partition, headers: headers, tag: tag, copies: true))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    /// NULL stands for what is not there, so what is empty needs a place.
    private func base(_ bytes: UnsafeRawBufferPointer?) -> UnsafeRawPointer? {
        bytes.map { $0.baseAddress ?? UnsafeRawPointer(handle.pointer) }
    }

    private static func list(_ headers: [(name: String, value: [UInt8]?)]) -> OpaquePointer? {
        guard !headers.isEmpty, let list = rd_kafka_headers_new(headers.count) else { return nil }
        for (name, value) in headers {
            if let value {
                // A pointer of nothing would be NULL.
                (value + [0]).withUnsafeBytes { bytes in
                    _ = rd_kafka_header_add(list, name, -1, bytes.baseAddress, value.count)
                }
            } else {
                _ = rd_kafka_header_add(list, name, -1, nil, 0)
            }
        }
        return list
    }

    /// Messages that were handed over and are not delivered yet.
    public var queuedMessages: Int { Int(rd_kafka_outq_len(handle.pointer)) }

    /// Lets the library tell of deliveries, without waiting.
    public func serve() { rd_kafka_poll(handle.pointer, 0) }

    /// Waits until all messages are delivered or have failed; throws when none was for so long.
    public func flush(milliseconds: Int) throws(KafkaError) {
        var left = Int32.max
        var progressAt = Self.now()
        // Deliveries that succeed wake nobody: the library looks for them every 10 ms, if it may.
        var step: Int32 = 1
        while true {
            let code = rd_kafka_flush(handle.pointer, step)
            if code != RD_KAFKA_RESP_ERR__TIMED_OUT { return try handle.check(code, what) }
            let still = rd_kafka_outq_len(handle.pointer)
            let now = Self.now()
            if still < left { (left, progressAt) = (still, now) }
            if now - progressAt >= milliseconds { throw handle.error(code, what) }
            if now - progressAt > Self.shortFlush { step = 10 }
        }
    }

    /// Milliseconds without progress after which nobody is in a hurry.
    private static let shortFlush = 100

    /// Milliseconds of a clock that never goes back.
    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    /// Messages that could not be delivered since the last call.
    public struct Failures: Sendable {
        /// By the messages' tags.
        public var tooLarge: [Int: String] = [:]
        /// Of the first one that may be sent again.
        public var other: KafkaError?
        /// Whether some were given up because the transaction can't be committed.
        public var isPurged = false
    }

    public func takeFailures() -> Failures {
        var failures = Failures()
        for (tag, code) in handle.events.takeFailures() {
            switch code {
            case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
                failures.tooLarge[tag] = "it is larger than the topic's max.message.bytes allows"
            case RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
                failures.tooLarge[tag] = "the cluster refuses it: \(KafkaError.text(code))"
            case RD_KAFKA_RESP_ERR__PURGE_QUEUE, RD_KAFKA_RESP_ERR__PURGE_INFLIGHT: failures.isPurged = true
            default: failures.other = failures.other ?? handle.error(code, what)
            }
        }
        return failures
    }

    /// Whether no delivery has failed since the last `takeFailures`.
    public var hasNoFailures: Bool { handle.events.hasNoFailures }

    // MARK: Marks

    /// The offset that a group has for a partition of the topic, without what open transactions have set;
    /// nil where it has none.
    public func marked(_ group: String, partition: Int, milliseconds: Int) throws(KafkaError) -> Int64? {
        let request = KafkaRequest(handle)
        return try request.groupOffset(group, topic, partition, milliseconds: milliseconds)
    }

    /// The names of groups that begin and end so.
    public func groups(
        from beginning: String, to end: String, milliseconds: Int
    ) throws(KafkaError) -> [String] {
        try KafkaRequest(handle).groups(milliseconds: milliseconds).filter {
            $0.hasPrefix(beginning) && $0.hasSuffix(end) && $0.count >= beginning.count + end.count
        }
    }
}
