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
        /// By transactional id.
        var places: [String: Places] = [:]
        /// Decided transactions whose marks did not all go at once.
        var unfinished: [String: Unfinished] = [:]
        var alarm: (time: Int64, number: UInt64)?
    }

    /// How far what a transactional id has in the log must be durable before others go on.
    struct Places {
        /// Behind the completion of its last transaction.
        var completed: Int64 = 0
        /// Behind the partitions that it added last.
        var added: Int64 = 0
    }

    struct Unfinished {
        /// Those in which the mark is durable.
        var marked: Set<TopicPartition> = []
        var attempts = 0
    }

    let state = Mutex(State())
    let topics: TopicCatalogue
    let groups: GroupCoordinator
    let log: PartitionLog
    let flusher: Flusher
    let queue: WorkQueue
    let alarms: Alarms
    let clock: @Sendable () -> Int64
    let report: @Sendable (Diagnostic) -> Void

    private static let producerIDBlock: Int64 = 1000
    static let retryMilliseconds: Int64 = 500
    static let longestRetryMilliseconds: Int64 = 30_000
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
        try takeBackForgotten()
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

    /// Makes partitions a part of the producer's transaction.
    ///
    /// Nobody waits for that to be durable here, but whoever writes records or offsets of the transaction
    /// does (`whenAdditionsAreDurable`): what was acknowledged is in a partition of which the coordinator
    /// knows after a loss of power, and what was not is taken back when the partition is opened
    /// (`takeBackForgotten`).
    func add(
        _ partitions: Set<TopicPartition>, to name: String, producerID: Int64, epoch: Int16,
        _ done: @escaping @Sendable (ErrorCode) -> Void
    ) {
        // What a transaction before a loss of power left in them goes before there is anything new.
        for partition in partitions where partition.topic != GroupCoordinator.topicName {
            do throws(TopicError) {
                _ = try topics.log(partition.topic, Int(partition.partition))
            } catch {
                return done(ErrorCode(error))
            }
        }
        let now = clock()
        let (code, hasChanged) = change(name) { (transaction) throws(Transaction.Refusal) in
            try transaction.add(partitions, producerID: producerID, epoch: epoch, now: now)
        }
        guard code == .none else { return done(code) }
        let end = log.bounds.logEnd
        let before = state.withLock {
            if hasChanged { $0.places[name, default: Places()].added = end }
            return $0.places[name]?.completed ?? 0
        }
        if hasChanged { flusher.flush(log, upTo: end) }
        // Were the end before lost, a start would complete that transaction again: with what comes now.
        whenDurable(before) { done($0.map { ErrorCode($0) } ?? .none) }
    }

    /// Calls `done` when it is durable which partitions the transaction of a producer has.
    func whenAdditionsAreDurable(_ producerID: Int64, _ done: @escaping Flusher.Done) {
        let place = state.withLock { state in
            state.names[producerID].flatMap { state.places[$0]?.added } ?? 0
        }
        whenDurable(place, done)
    }

    private func whenDurable(_ offset: Int64, _ done: @escaping Flusher.Done) {
        if log.isDurable(upTo: offset) { return done(nil) }
        flusher.flush(log, upTo: offset, done)
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
    func keep(_ transaction: Transaction, _ state: inout State) throws(LogError) {
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
                state.places[name] = nil
                state.names[transaction.producerID] = nil
            }
        }
        flusher.flush(log)
    }
}
