import CLibrdkafka
import Diagnostics

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
    private let handle: KafkaHandle
    private let topicHandle: OpaquePointer

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
            "linger.ms": "5",
        ]
        if let transactionalID {
            own["transactional.id"] = transactionalID
            // Time for a large epoch over a slow line.
            own["transaction.timeout.ms"] = "300000"
        }
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
        var text = [CChar](repeating: 0, count: 2)
        return rd_kafka_fatal_error(handle.pointer, &text, text.count) != RD_KAFKA_RESP_ERR_NO_ERROR
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

    /// Lets the library tell of deliveries, without waiting.
    public func serve() { rd_kafka_poll(handle.pointer, 0) }

    /// Waits until all messages are delivered or have failed; throws when none was for so long.
    public func flush(milliseconds: Int) throws(KafkaError) {
        var left = Int32.max
        var waited = 0
        while true {
            let code = rd_kafka_flush(handle.pointer, Int32(Self.flushStep))
            if code != RD_KAFKA_RESP_ERR__TIMED_OUT { return try handle.check(code, what) }
            let still = rd_kafka_outq_len(handle.pointer)
            waited = still < left ? 0 : waited + Self.flushStep
            left = still
            if waited >= milliseconds { throw handle.error(code, what) }
        }
    }

    private static let flushStep = 1000

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
}
