import Diagnostics
import Synchronization

/// All transactional ids of the broker, and the producer ids that it gives.
///
/// An end is carried out in three steps: the decision becomes durable, the marks are written into all
/// partitions and become durable, the completion is noted. What is decided but not completed when the process
/// ends is completed at the next start; what was ongoing runs into its time-out.
final class TransactionCoordinator: @unchecked Sendable {
    static let topicName = "__transaction_state"
    static let topicSettings = [
        "cleanup.policy": "compact", "segment.bytes": "16777216", "retention.ms": "-1",
    ]

    struct State {
        var transactions: [String: Transaction] = [:]
        /// Whose producer an id is.
        var names: [Int64: String] = [:]
        var nextProducerID: Int64 = 0
        /// Up to here ids are durably given out.
        var reservedProducerID: Int64 = 0
        /// Answers that wait for the end of what is being carried out.
        var waiting: [String: [@Sendable (ErrorCode) -> Void]] = [:]
        var alarm: (time: Int64, number: UInt64)?
    }

    let state = Mutex(State())
    private let topics: TopicCatalogue
    private let groups: GroupCoordinator
    private let log: PartitionLog
    private let flusher: Flusher
    private let queue: WorkQueue
    private let alarms: Alarms
    private let clock: @Sendable () -> Int64
    private let report: @Sendable (Diagnostic) -> Void

    private static let producerIDBlock: Int64 = 1000
    private static let retryMilliseconds: Int64 = 500
    /// Kafka's `transaction.max.timeout.ms`.
    static let longestTimeoutMilliseconds: Int32 = 900_000

    /// Reads what transactions there were, and completes those that were decided.
    init(
        _ log: PartitionLog, _ topics: TopicCatalogue, _ groups: GroupCoordinator, _ flusher: Flusher,
        _ queue: WorkQueue, _ alarms: Alarms, clock: @escaping @Sendable () -> Int64,
        report: @escaping @Sendable (Diagnostic) -> Void
    ) throws(LogError) {
        self.log = log
        self.topics = topics
        self.groups = groups
        self.flusher = flusher
        self.queue = queue
        self.alarms = alarms
        self.clock = clock
        self.report = report
        var loaded = State()
        try log.replay { replayed in
            switch TransactionRecord(key: replayed.key, value: replayed.value) {
            case .transaction(let name, let transaction):
                if let old = loaded.transactions[name] { loaded.names[old.producerID] = nil }
                loaded.transactions[name] = transaction
                if let transaction { loaded.names[transaction.producerID] = name }
            case .nextProducerID(let next): loaded.reservedProducerID = max(loaded.reservedProducerID, next)
            case nil: break
            }
        }
        // What was given out of the last block is not known.
        loaded.nextProducerID = loaded.reservedProducerID
        let start = loaded
        state.withLock { $0 = start }
        for (name, transaction) in start.transactions where transaction.state.isPrepared {
            queue.run { [self] in writeMarks(name) }
        }
        state.withLock { setAlarm(&$0) }
    }

    // MARK: Producers

    /// A producer id that nobody has had.
    func newProducerID() throws(LogError) -> Int64 {
        try state.withLock { (state) throws(LogError) -> Int64 in try nextProducerID(&state) }
    }

    private func nextProducerID(_ state: inout State) throws(LogError) -> Int64 {
        if state.nextProducerID == state.reservedProducerID {
            let reserved = state.reservedProducerID + TransactionCoordinator.producerIDBlock
            try append(.nextProducerID(reserved), waits: true)
            state.reservedProducerID = reserved
        }
        defer { state.nextProducerID += 1 }
        return state.nextProducerID
    }

    struct Producer: Equatable, Sendable {
        var code = ErrorCode.none
        var identifier: Int64 = -1
        var epoch: Int16 = -1
    }

    /// Gives a transactional id to a producer; whoever had it before is turned away from here on.
    func begin(
        _ name: String, expected: Transaction.Holder?, timeoutMilliseconds: Int32,
        _ done: @escaping @Sendable (Producer) -> Void
    ) {
        let now = clock()
        let (producer, aborts) = state.withLock { state -> (Producer?, Bool) in
            do throws(LogError) {
                return try begin(name, expected, timeoutMilliseconds, now: now, &state)
            } catch {
                return (Producer(code: ErrorCode(error)), false)
            }
        }
        if aborts {
            carryOut(name) { [self] code in
                if code != .none { return done(Producer(code: code)) }
                begin(name, expected: expected, timeoutMilliseconds: timeoutMilliseconds, done)
            }
        } else if let producer {
            guard producer.code == .none else { return done(producer) }
            flusher.flush(log) { failure in
                done(failure.map { Producer(code: ErrorCode($0)) } ?? producer)
            }
        }
    }

    private func begin(
        _ name: String, _ expected: Transaction.Holder?, _ timeout: Int32, now: Int64, _ state: inout State
    ) throws(LogError) -> (Producer?, aborts: Bool) {
        guard var transaction = state.transactions[name] else {
            if expected != nil { return (Producer(code: .invalidProducerIDMapping), false) }
            let made = Transaction(
                name, producerID: try nextProducerID(&state), timeoutMilliseconds: timeout, now: now)
            try keep(made, &state)
            return (Producer(identifier: made.producerID, epoch: made.epoch), false)
        }
        switch transaction.takeOver(expected: expected, timeoutMilliseconds: timeout, now: now) {
        case .refused(let code): return (Producer(code: code), false)
        case .repeated:
            return (Producer(identifier: transaction.producerID, epoch: transaction.epoch), false)
        case .abortsFirst:
            try keep(transaction, &state)
            return (nil, true)
        case .needsProducerID:
            transaction.producerID = try nextProducerID(&state)
            transaction.epoch = 0
        case .done: break
        }
        try keep(transaction, &state)
        return (Producer(identifier: transaction.producerID, epoch: transaction.epoch), false)
    }

    // MARK: Transactions

    /// Makes partitions a part of the producer's transaction; `done` is called when that is durable.
    func add(
        _ partitions: Set<TopicPartition>, to name: String, producerID: Int64, epoch: Int16,
        _ done: @escaping @Sendable (ErrorCode) -> Void
    ) {
        let now = clock()
        let (code, hasChanged) = change(name) { (transaction) throws(Transaction.Refusal) in
            try transaction.add(partitions, producerID: producerID, epoch: epoch, now: now)
        }
        guard code == .none, hasChanged else { return done(code) }
        flusher.flush(log) { done($0.map { ErrorCode($0) } ?? .none) }
    }

    /// Commits or takes back; `done` is called when all marks are durable.
    func end(
        _ name: String, isCommit: Bool, producerID: Int64, epoch: Int16,
        _ done: @escaping @Sendable (ErrorCode) -> Void
    ) {
        let now = clock()
        let (code, hasChanged) = change(name) { (transaction) throws(Transaction.Refusal) in
            try transaction.end(isCommit: isCommit, producerID: producerID, epoch: epoch, now: now)
        }
        guard code == .none, hasChanged else { return done(code) }
        carryOut(name, done)
    }

    private func change(
        _ name: String, _ body: (inout Transaction) throws(Transaction.Refusal) -> Bool
    ) -> (ErrorCode, hasChanged: Bool) {
        state.withLock { state in
            guard var transaction = state.transactions[name] else {
                return (.invalidProducerIDMapping, false)
            }
            do throws(Transaction.Refusal) {
                guard try body(&transaction) else { return (.none, false) }
            } catch {
                return (error.code, false)
            }
            do throws(LogError) {
                try keep(transaction, &state)
            } catch {
                return (ErrorCode(error), false)
            }
            return (.none, true)
        }
    }

    /// Under the lock: the log first, so that nothing holds that is not there after a restart.
    private func keep(_ transaction: Transaction, _ state: inout State) throws(LogError) {
        try append(.transaction(transaction.name, transaction), waits: false)
        if let old = state.transactions[transaction.name], old.producerID != transaction.producerID {
            state.names[old.producerID] = nil
        }
        state.transactions[transaction.name] = transaction
        state.names[transaction.producerID] = transaction.name
        setAlarm(&state)
    }

    private func append(_ record: TransactionRecord, waits: Bool) throws(LogError) {
        let now = clock()
        var builder = RecordBatchBuilder(baseOffset: 0)
        builder.add(timestamp: now, key: record.key, value: record.value)
        var prepared = try PreparedRecords([builder], log.currentSettings, now: now)
        _ = try log.append(&prepared, now: now, leaderEpoch: 0, waits: waits)
    }

    // MARK: Ends

    /// What was decided becomes durable, then true.
    private func carryOut(_ name: String, _ done: @escaping @Sendable (ErrorCode) -> Void) {
        state.withLock { $0.waiting[name, default: []].append(done) }
        flusher.flush(log) { [self] failure in
            if let failure { return finish(name, ErrorCode(failure)) }
            queue.run { [self] in writeMarks(name) }
        }
    }

    private func finish(_ name: String, _ code: ErrorCode) {
        for done in state.withLock({ $0.waiting.removeValue(forKey: name) ?? [] }) { done(code) }
    }

    /// Writes the marks of a decided transaction; what does not go now is tried again.
    private func writeMarks(_ name: String) {
        guard let transaction = state.withLock({ $0.transactions[name] }), transaction.state.isPrepared else {
            return
        }
        let mark = TransactionMark(isCommit: transaction.state == .preparedCommit, coordinatorEpoch: 0)
        let marking = Marking { [self] failure in
            guard let failure else { return complete(name) }
            report(
                Diagnostic(
                    .io, "a mark of the transaction \(name) can't be written: \(failure.message)",
                    hint: "check the disk: it is tried again"))
            later { [self] in writeMarks(name) }
        }
        for partition in transaction.partitions {
            do throws(LogError) {
                guard let log = try write(mark, of: transaction, to: partition) else { continue }
                marking.expect()
                flusher.flush(log) { marking.done($0) }
            } catch {
                marking.expect()
                marking.done(error)
            }
        }
        marking.done(nil)
    }

    /// nil where the partition is gone, or the producer has a later epoch in it.
    private func write(
        _ mark: TransactionMark, of transaction: Transaction, to partition: TopicPartition
    ) throws(LogError) -> PartitionLog? {
        if partition.topic == GroupCoordinator.topicName {
            try groups.end(
                mark, producerID: transaction.producerID, epoch: transaction.epoch, now: clock())
            return groups.log
        }
        let log: PartitionLog
        do throws(TopicError) {
            log = try topics.log(partition.topic, Int(partition.partition))
        } catch .storage(let error) {
            throw .storage(error)
        } catch {
            return nil
        }
        do throws(LogError) {
            _ = try log.append(
                mark, producerID: transaction.producerID, producerEpoch: transaction.epoch, now: clock(),
                waits: false)
        } catch .fencedProducer, .fencedCoordinator {
            return nil
        }
        return log
    }

    private func later(_ body: @escaping @Sendable () -> Void) {
        alarms.set(at: SteadyClock.milliseconds + TransactionCoordinator.retryMilliseconds) { [queue] in
            queue.run(body)
        }
    }

    private func complete(_ name: String) {
        let now = clock()
        let failure = state.withLock { state -> LogError? in
            guard var transaction = state.transactions[name], transaction.state.isPrepared else { return nil }
            transaction.complete(now: now)
            do throws(LogError) { try keep(transaction, &state) } catch { return error }
            return nil
        }
        if let failure {
            report(
                Diagnostic(
                    .io, "the end of the transaction \(name) can't be noted: \(failure.message)",
                    hint: "check the disk"))
            // A log that takes nothing more is mended by a start, which completes what was decided. The marks
            // are there: they need not be written again.
            if case .stopped = failure { return finish(name, ErrorCode(failure)) }
            return later { [self] in complete(name) }
        }
        // Not waited for: were it lost, the marks would be written again, before anything new can begin.
        flusher.flush(log)
        finish(name, .none)
    }

    // MARK: Time

    /// Under the lock. `wait`: milliseconds in which nothing is to be tried.
    private func setAlarm(_ state: inout State, wait: Int64 = 0) {
        guard let next = state.transactions.values.compactMap(\.deadline).min() else { return }
        let time = SteadyClock.milliseconds + max(wait, next - clock())
        if let alarm = state.alarm {
            if alarm.time <= time { return }
            alarms.cancel(alarm.number)
        }
        state.alarm = (time, alarms.set(at: time) { [weak self] in self?.expire() })
    }

    private func expire() {
        let now = clock()
        let (late, failures) = state.withLock { state -> ([String], [(name: String, LogError)]) in
            state.alarm = nil
            var late: [String] = []
            var failures: [(name: String, LogError)] = []
            for (name, transaction) in state.transactions {
                guard let deadline = transaction.deadline, deadline <= now else { continue }
                var fenced = transaction
                fenced.fence(now: now)
                do throws(LogError) {
                    try keep(fenced, &state)
                    late.append(name)
                } catch {
                    failures.append((name, error))
                }
            }
            // Where the log takes nothing more, only a start helps.
            let isStopped = failures.contains { if case .stopped = $0.1 { true } else { false } }
            if isStopped { return (late, failures) }
            // Their time stays over: without the wait they would be tried again at once, and again.
            setAlarm(&state, wait: failures.isEmpty ? 0 : TransactionCoordinator.retryMilliseconds)
            return (late, failures)
        }
        for name in late { carryOut(name) { _ in } }
        // One stands for all: what keeps one from being written keeps the others.
        if let (name, error) = failures.first {
            let others = failures.count == 1 ? "" : ", and \(failures.count - 1) more,"
            report(
                Diagnostic(
                    .io, "the transaction \(name)\(others) can't be ended: \(error.message)",
                    hint: "check the disk"))
        }
    }

    /// Forgets transactional ids that nobody has used for longer than `milliseconds`.
    func forgetIdle(longerThan milliseconds: Int64) {
        let limit = clock() - milliseconds
        state.withLock { state in
            for (name, transaction) in state.transactions
            where transaction.deadline == nil && !transaction.state.isPrepared
                && transaction.updatedAt < limit
            {
                do throws(LogError) {
                    try append(.transaction(name, nil), waits: false)
                } catch {
                    return
                }
                state.transactions[name] = nil
                state.names[transaction.producerID] = nil
            }
        }
        flusher.flush(log)
    }
}
