import Diagnostics
import Kafka
import Runtime

/// Writes messages to a topic epoch by epoch, each epoch in one transaction that also sets the epoch's number
/// as the offset of a group: so readers of committed messages see whole epochs, and whoever comes after a
/// crash finds out which epoch the topic has.
///
/// ```
///       sendAhead           deliver                  commit
/// idle ──────────▶ sending ─────────▶ delivered ───────────────▶ idle
///   └───────────────────────────────────▲   any failure: taken back, idle
/// ```
/// Without transactions an epoch that is run again is written again. For one thread at a time.
final class KafkaEpochWriter: @unchecked Sendable {
    /// What an epoch's messages are handed to.
    struct Outlet {
        fileprivate let writer: KafkaEpochWriter
        fileprivate let producer: KafkaProducer
        let partitionCount: Int
        /// What was handed over under another number is not in this transaction.
        let transaction: Int

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

    enum Stage: Equatable {
        case idle
        /// Its transaction is open, and has some messages.
        case sending(epoch: Int64)
        /// The topic has all of its messages, which nobody sees yet.
        case delivered(epoch: Int64)
        /// Its commit was sent and nobody knows what came of it.
        case committing(epoch: Int64)
    }

    let topic: String
    let cluster: KafkaSettings
    let creation: KafkaNewTopic
    let isTransactional: Bool
    /// `millrace.<instance>.<sink>`: the group.
    let name: String
    static let groupPrefix = "millrace."
    let sink: String
    let transactionalID: String?
    /// Shared with the writer that takes turns with this one.
    let marked: KafkaEpochMark
    var producer: KafkaProducer?
    var partitionCount = 1
    var stage = Stage.idle
    /// Counts transactions.
    private var transaction = 0
    private var begunAt: Int64 = 0
    /// Whether something could not be handed over, so that the transaction is to be begun again.
    private var isSpoiled = false
    /// The epoch at work, also when it is tried again.
    private var attempted: Int64?
    /// The epoch whose transaction the cluster has ended, as it seems because it took too long.
    private var expired: Int64?
    /// Messages of it that are too large, by number.
    private var refusals: [Int: String] = [:]
    /// Messages whose batch was too large: they go by themselves, to see which it is.
    private var suspects: Set<Int> = []

    static let milliseconds = 10_000
    /// The offset is set for this partition, which each topic has.
    static let markedPartition = 0
    /// Called behind each step of an epoch, with its name, by tests that break it off there.
    private let onStep: (@Sendable (String) -> Void)?

    /// - Parameters:
    ///   - creation: the topic, and how it is made where it is not there.
    ///   - applicationID: `<instance>/<sink>`.
    ///   - turn: writers that take turns at a topic have different ones, from 0, and share a mark.
    init(
        _ cluster: KafkaSettings, _ creation: KafkaNewTopic, applicationID: String, isTransactional: Bool,
        turn: Int = 0, marked: KafkaEpochMark = KafkaEpochMark(),
        onStep: (@Sendable (String) -> Void)? = nil
    ) {
        self.onStep = onStep
        self.cluster = cluster
        self.creation = creation
        self.isTransactional = isTransactional
        self.marked = marked
        topic = creation.name
        let parts = applicationID.split(separator: "/", maxSplits: 1)
        sink = parts.count > 1 ? String(parts[1]) : ""
        name = Self.groupPrefix + parts.joined(separator: ".")
        transactionalID = isTransactional ? turn == 0 ? name : "\(name)/\(turn + 1)" : nil
    }

    // MARK: Epochs

    /// Whether messages may be handed over without waiting for some to go.
    func hasRoom(for messages: Int) -> Bool { (producer?.queuedMessages ?? 0) < messages }

    /// Hands over messages of an epoch that has not ended. Does not wait for the cluster, and does not fail:
    /// what could not be handed over is left to `deliver`.
    ///
    /// - Parameter feed: hands over what the transaction has not got yet.
    func sendAhead(epoch: Int64, _ feed: (Outlet) throws(KafkaError) -> Void) {
        guard let producer, !producer.isBroken, !marked.has(epoch), !isSpoiled else { return }
        do throws(KafkaError) {
            if stage == .idle { try begin(epoch, producer) }
            guard stage == .sending(epoch: epoch) else { return }
            try feed(outlet(producer))
        } catch {
            isSpoiled = true
        }
    }

    /// Has what was sent ahead of an epoch never seen by readers who want committed messages.
    func takeBack(epoch: Int64) {
        guard let producer, stage == .sending(epoch: epoch) else { return }
        takeBack(producer)
    }

    /// Whether the topic has all messages of the epoch, committed or not.
    func isDelivered(epoch: Int64) -> Bool {
        if marked.has(epoch) { return true }
        guard let producer, !producer.isBroken else { return false }
        return stage == .delivered(epoch: epoch) || stage == .committing(epoch: epoch)
    }

    /// Brings all messages of an epoch to the topic, unseen; does nothing where the topic has it already.
    ///
    /// - Parameter feed: hands over what the transaction has not got yet, in its order; called again after a
    ///   failure.
    func deliver(epoch: Int64, _ feed: (Outlet) throws(KafkaError) -> Void) throws(SinkError) {
        if marked.has(epoch) { return }
        let producer = try Self.attempting { () throws(KafkaError) in try readyProducer() }
        // A new producer has looked.
        if marked.has(epoch) {
            if expired == epoch { throw .refused(replaced) }
            return
        }
        if isDelivered(epoch: epoch) { return }
        while try !transact(epoch, producer, feed) {}
        onStep?("flushed")
        try finishing(producer) { () throws(KafkaError) in try mark(epoch, producer) }
        onStep?("marked")
        stage = .delivered(epoch: epoch)
    }

    /// Makes an epoch that was delivered visible, all of it at once; does nothing where it is already.
    ///
    /// - Parameter beforeCommit: keeps what is too large for the topic, by the messages' numbers.
    func commit(
        epoch: Int64, beforeCommit: ([Int: String]) throws(SinkError) -> Void
    ) throws(SinkError) {
        guard let producer, !marked.has(epoch) else { return }
        if stage == .delivered(epoch: epoch) {
            try beforeCommit(refusals)
            stage = .committing(epoch: epoch)
        }
        try finishing(producer) { () throws(KafkaError) in
            if isTransactional { try producer.commit(milliseconds: Self.milliseconds) }
        }
        onStep?("committed")
        stage = .idle
        marked.written(epoch)
    }

    /// Both in one, for who needs nothing between.
    func append(
        epoch: Int64, _ feed: (Outlet) throws(KafkaError) -> Void,
        beforeCommit: ([Int: String]) throws(SinkError) -> Void
    ) throws(SinkError) {
        try deliver(epoch: epoch, feed)
        try commit(epoch: epoch, beforeCommit: beforeCommit)
    }

    private func outlet(_ producer: KafkaProducer) -> Outlet {
        Outlet(
            writer: self, producer: producer, partitionCount: partitionCount, transaction: transaction)
    }

    private func begin(_ epoch: Int64, _ producer: KafkaProducer) throws(KafkaError) {
        if attempted != epoch {
            attempted = epoch
            expired = nil
            refusals = [:]
            suspects = []
        }
        isSpoiled = false
        try producer.begin()
        transaction += 1
        begunAt = KafkaSource.now()
        stage = .sending(epoch: epoch)
        onStep?("begun")
    }

    /// Sends all messages in one transaction; false where some were too large and it has to begin again.
    private func transact(
        _ epoch: Int64, _ producer: KafkaProducer, _ feed: (Outlet) throws(KafkaError) -> Void
    ) throws(SinkError) -> Bool {
        var isWhole = true
        try finishing(producer) { () throws(KafkaError) in
            if isSpoiled, stage != .idle, isTransactional {
                try producer.abort(milliseconds: Self.milliseconds)
                stage = .idle
            }
            if stage != .sending(epoch: epoch) { try begin(epoch, producer) }
            do throws(KafkaError) {
                try feed(outlet(producer))
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
            stage = .idle
        }
        return isWhole
    }

    func mark(_ epoch: Int64, _ producer: KafkaProducer) throws(KafkaError) {
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

    /// A part of a transaction: where it fails the transaction is taken back, unless its commit can be tried
    /// again.
    func finishing(
        _ producer: KafkaProducer, _ body: () throws(KafkaError) -> Void
    ) throws(SinkError) {
        do throws(KafkaError) { try body() } catch {
            if case .fenced = error {
                // By another writer, or by the cluster, which ends what takes too long.
                let isOwn = stage != .idle && hasExpired
                if isOwn { noteExpiry() }
                self.producer = nil
                stage = .idle
                if isOwn { throw .unavailable(error.diagnostic) }
                throw .refused(error.diagnostic)
            }
            if let attempted, stage == .committing(epoch: attempted), !producer.mustAbort,
                !producer.isBroken, error.isPassing
            {
                throw .unavailable(error.diagnostic)
            }
            takeBack(producer)
            if case .refused(let diagnostic) = error { throw .refused(diagnostic) }
            // Also a topic that is gone: it may come back, and nothing is lost till then.
            throw .unavailable(error.diagnostic)
        }
    }

    /// Whether the transaction may have been ended by the cluster's clock.
    var hasExpired: Bool {
        guard let producer else { return false }
        return KafkaSource.now() - begunAt >= producer.transactionMilliseconds
    }

    func noteExpiry() {
        guard let attempted else { return }
        // That of a commit may have been too late or not.
        expired = stage == .committing(epoch: attempted) ? nil : attempted
    }

    private var replaced: Diagnostic {
        Diagnostic(
            .conflict, "another writer has written an epoch to the topic \(topic) under the name \(name)",
            hint: "see that only one process works with this state directory")
    }

    private func takeBack(_ producer: KafkaProducer) {
        stage = .idle
        isSpoiled = false
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
