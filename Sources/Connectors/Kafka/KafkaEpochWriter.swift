import Diagnostics
import Kafka
import Runtime

/// Writes messages to a topic epoch by epoch, each epoch in one transaction that also sets the epoch's number
/// as the offset of a group: so readers of committed messages see whole epochs, and whoever comes after a
/// crash finds out which epoch the topic has.
///
/// Without transactions an epoch that is run again is written again. For one thread at a time.
final class KafkaEpochWriter: @unchecked Sendable {
    /// What an epoch's messages are handed to.
    struct Outlet {
        fileprivate let writer: KafkaEpochWriter
        fileprivate let producer: KafkaProducer
        let partitionCount: Int

        /// Hands a message over, whose bytes must live until the epoch is committed.
        ///
        /// - Parameter number: from 0, the same one each time the epoch is handed over.
        func send(
            _ number: Int, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, timestamp: Int64,
            partition: Int, headers: [(name: String, value: [UInt8]?)] = [], copies: Bool = false
        ) throws(KafkaError) {
            try writer.send(
                number, producer, key, value, timestamp, partition, headers, copies: copies)
        }
    }

    private enum Stage {
        case idle
        /// Its commit was sent and nobody knows what came of it.
        case committing(epoch: Int64)
    }

    let topic: String
    private let cluster: KafkaSettings
    private let creation: KafkaNewTopic
    private let isTransactional: Bool
    /// `millrace.<instance>.<sink>`.
    private let name: String
    private var producer: KafkaProducer?
    private var partitionCount = 1
    private var stage = Stage.idle
    /// The last epoch that the topic has.
    private(set) var lastEpoch: Int64?
    /// The epoch at work, also when it is tried again.
    private var attempted: Int64?
    /// Messages of it that are too large, by number.
    private var refusals: [Int: String] = [:]
    /// Messages whose batch was too large: they go by themselves, to see which it is.
    private var suspects: Set<Int> = []

    /// When it was last set, milliseconds since the epoch of time.
    private var markedAt = KafkaSource.now()

    private static let milliseconds = 10_000
    private static let renewalMilliseconds: Int64 = 12 * 3_600_000
    /// The offset is set for this partition, which each topic has.
    private static let markedPartition = 0
    /// Called behind each step of an epoch, with its name, by tests that break it off there.
    private let onStep: (@Sendable (String) -> Void)?

    /// - Parameters:
    ///   - creation: the topic, and how it is made where it is not there.
    ///   - applicationID: `<instance>/<sink>`.
    init(
        _ cluster: KafkaSettings, _ creation: KafkaNewTopic, applicationID: String, isTransactional: Bool,
        onStep: (@Sendable (String) -> Void)? = nil
    ) {
        self.onStep = onStep
        self.cluster = cluster
        self.creation = creation
        self.isTransactional = isTransactional
        topic = creation.name
        name = "millrace." + applicationID.split(separator: "/").joined(separator: ".")
    }

    // MARK: Opening

    /// Makes the topic if it is missing, fences off earlier writers and finds out which epoch is there.
    func open() throws(SinkError) {
        try Self.attempting { () throws(KafkaError) in
            if producer == nil { try makeTopic() }
            _ = try readyProducer()
        }
        try writeMarkAgain()
    }

    private func makeTopic() throws(KafkaError) {
        let topics = try KafkaTopics(cluster, milliseconds: Self.milliseconds)
        do throws(KafkaError) {
            partitionCount = try topics.topic(topic).partitions.count
        } catch {
            guard case .absent = error else { throw error }
            try topics.createUnlessThere(creation)
            partitionCount = creation.partitions
        }
    }

    private func readyProducer() throws(KafkaError) -> KafkaProducer {
        if let producer, !producer.isBroken { return producer }
        producer = nil
        stage = .idle
        let made = try KafkaProducer(
            cluster, topic: topic, transactionalID: isTransactional ? name : nil)
        try made.start(milliseconds: Self.milliseconds)
        partitionCount = try made.partitionCount(milliseconds: Self.milliseconds)
        if isTransactional {
            lastEpoch = try made.marked(
                name, partition: Self.markedPartition, milliseconds: Self.milliseconds)
        }
        producer = made
        return made
    }

    // MARK: Epochs

    /// Writes the messages of an epoch, all or none; does nothing where the topic has it already.
    ///
    /// - Parameters:
    ///   - feed: hands over all messages in their order; called again after a failure.
    ///   - beforeCommit: keeps what is too large for the topic, by the messages' numbers.
    func append(
        epoch: Int64, _ feed: (Outlet) throws(KafkaError) -> Void,
        beforeCommit: ([Int: String]) throws(SinkError) -> Void
    ) throws(SinkError) {
        if let lastEpoch, lastEpoch >= epoch { return }
        let producer = try Self.attempting { () throws(KafkaError) in try readyProducer() }
        // A new producer has looked.
        if let lastEpoch, lastEpoch >= epoch { return }
        if case .committing(epoch) = stage { return try commit(epoch, producer) }
        if attempted != epoch {
            attempted = epoch
            refusals = [:]
            suspects = []
        }
        while try !transact(epoch, producer, feed) {}
        try beforeCommit(refusals)
        onStep?("flushed")
        try finishing(producer) { () throws(KafkaError) in try mark(epoch, producer) }
        onStep?("marked")
        stage = .committing(epoch: epoch)
        try commit(epoch, producer)
    }

    /// Sends all messages in a new transaction; false where some were too large and it has to begin again.
    private func transact(
        _ epoch: Int64, _ producer: KafkaProducer, _ feed: (Outlet) throws(KafkaError) -> Void
    ) throws(SinkError) -> Bool {
        var isWhole = true
        try finishing(producer) { () throws(KafkaError) in
            try producer.begin()
            onStep?("begun")
            do throws(KafkaError) {
                try feed(Outlet(writer: self, producer: producer, partitionCount: partitionCount))
                try producer.flush(milliseconds: 2 * Self.milliseconds)
            } catch {
                if producer.hasNoFailures { throw error }
            }
            let failures = producer.takeFailures()
            let tooLarge = failures.tooLarge
            if tooLarge.isEmpty {
                if let other = failures.other { throw other }
                // The transaction knows why.
                if failures.isPurged { try mark(epoch, producer) }
                return
            }
            isWhole = false
            for (tag, reason) in tooLarge {
                // One of a batch makes all of it too large: only who went alone is known to be it.
                if tooLarge.count == 1 || suspects.contains(tag - 1) {
                    refusals[tag - 1] = reason
                } else {
                    suspects.insert(tag - 1)
                }
            }
            if isTransactional { try producer.abort(milliseconds: Self.milliseconds) }
        }
        return isWhole
    }

    private func mark(_ epoch: Int64, _ producer: KafkaProducer) throws(KafkaError) {
        guard isTransactional else { return }
        try producer.mark(name, partition: Self.markedPartition, epoch, milliseconds: Self.milliseconds)
    }

    fileprivate func send(
        _ number: Int, _ producer: KafkaProducer, _ key: UnsafeRawBufferPointer?,
        _ value: UnsafeRawBufferPointer?, _ timestamp: Int64, _ partition: Int,
        _ headers: [(name: String, value: [UInt8]?)], copies: Bool
    ) throws(KafkaError) {
        if refusals[number] != nil { return }
        let isSuspect = suspects.contains(number)
        if isSuspect { try producer.flush(milliseconds: Self.milliseconds) }
        let sent = try producer.send(
            // 0 would be the present time.
            key: key, value: value, timestamp: timestamp == 0 ? 1 : timestamp, partition: partition,
            headers: headers, tag: number + 1, copies: copies)
        if case .tooLarge(let reason) = sent { refusals[number] = reason }
        if isSuspect { try producer.flush(milliseconds: Self.milliseconds) }
    }

    private func commit(_ epoch: Int64, _ producer: KafkaProducer) throws(SinkError) {
        try finishing(producer) { () throws(KafkaError) in
            if isTransactional { try producer.commit(milliseconds: Self.milliseconds) }
        }
        onStep?("committed")
        stage = .idle
        lastEpoch = epoch
        markedAt = KafkaSource.now()
    }

    /// A part of a transaction: where it fails the transaction is taken back, unless its commit can be tried
    /// again.
    private func finishing(
        _ producer: KafkaProducer, _ body: () throws(KafkaError) -> Void
    ) throws(SinkError) {
        do throws(KafkaError) { try body() } catch {
            var isCommitting = false
            if case .committing = stage { isCommitting = true }
            if case .fenced = error {
                self.producer = nil
                throw .refused(error.diagnostic)
            }
            if isCommitting, !producer.mustAbort, !producer.isBroken, error.isPassing {
                throw .unavailable(error.diagnostic)
            }
            stage = .idle
            takeBack(producer)
            if case .refused(let diagnostic) = error { throw .refused(diagnostic) }
            // Also a topic that is gone: it may come back, and nothing is lost till then.
            throw .unavailable(error.diagnostic)
        }
    }

    private func takeBack(_ producer: KafkaProducer) {
        guard isTransactional else {
            // With it goes what it still has to send, which the next attempt sends again, and which must not
            // outlive the epoch whose bytes it refers to.
            self.producer = nil
            return
        }
        do throws(KafkaError) {
            try producer.abort(milliseconds: Self.milliseconds)
        } catch {
            // The next one fences it off, which ends its transaction, and looks which epoch is there.
            self.producer = nil
        }
    }

    /// Writes the mark again where nothing else was written for long: a cluster forgets it after
    /// `offsets.retention.minutes`, which is a week as a rule.
    func renewMark() throws(SinkError) {
        if KafkaSource.now() - markedAt > Self.renewalMilliseconds { try writeMarkAgain() }
    }

    private func writeMarkAgain() throws(SinkError) {
        guard isTransactional, let lastEpoch, case .idle = stage else { return }
        let producer = try Self.attempting { () throws(KafkaError) in try readyProducer() }
        try finishing(producer) { () throws(KafkaError) in
            try producer.begin()
            try mark(lastEpoch, producer)
            try producer.commit(milliseconds: Self.milliseconds)
        }
        markedAt = KafkaSource.now()
    }

    static func attempting<Answer>(
        _ body: () throws(KafkaError) -> Answer
    ) throws(SinkError) -> Answer {
        do throws(KafkaError) {
            return try body()
        } catch {
            // A topic that was just made is not known to all brokers yet; one that is gone may come back.
            if case .absent = error { throw .unavailable(error.diagnostic) }
            if error.isPassing { throw .unavailable(error.diagnostic) }
            throw .refused(error.diagnostic)
        }
    }
}
