/// What one transactional id is at: who writes under it, and how far its transaction is (KIP-98).
///
/// ```
///            first partition            EndTxn                  all marks are there
///  empty ──────────────────▶ ongoing ────────────▶ prepared ─────────────────────────▶ completed
///                               ▲   time is up, or another producer: abort                  │
///                               └──────────────────────── first partition ──────────────────┘
/// ```
/// A value without clock and log: both are its coordinator's. The epoch goes up with each producer that takes
/// the id over, and with each transaction that is taken back without its producer.
struct Transaction: Equatable, Sendable {
    enum State: Int8, CaseIterable, Sendable {
        case empty = 0
        case ongoing = 1
        case preparedCommit = 2
        case preparedAbort = 3
        case completedCommit = 4
        case completedAbort = 5

        /// Kafka's word for it.
        var name: String {
            switch self {
            case .empty: "Empty"
            case .ongoing: "Ongoing"
            case .preparedCommit: "PrepareCommit"
            case .preparedAbort: "PrepareAbort"
            case .completedCommit: "CompleteCommit"
            case .completedAbort: "CompleteAbort"
            }
        }

        var isPrepared: Bool { self == .preparedCommit || self == .preparedAbort }
    }

    /// Who writes under an id.
    struct Holder: Equatable, Sendable {
        let producerID: Int64
        let epoch: Int16
    }

    let name: String
    var producerID: Int64
    var epoch: Int16
    var timeoutMilliseconds: Int32
    var state = State.empty
    var partitions: Set<TopicPartition> = []
    /// Milliseconds since the epoch; -1 while nothing is ongoing.
    var startedAt: Int64 = -1
    var updatedAt: Int64
    /// Who the present producer said it was, until it begins a transaction: it may ask again, as it may not
    /// have heard the answer. Not stored.
    var holderBefore: Holder?

    init(_ name: String, producerID: Int64, timeoutMilliseconds: Int32, now: Int64) {
        self.name = name
        self.producerID = producerID
        epoch = 0
        self.timeoutMilliseconds = timeoutMilliseconds
        updatedAt = now
    }

    /// The last epoch is left for taking back what its producer has left behind.
    static let lastEpoch = Int16.max - 1

    // MARK: Producers

    enum Takeover: Equatable, Sendable {
        /// The id is the new producer's.
        case done
        /// The id was made the producer's already: the answer did not reach it.
        case repeated
        /// As `done`, but there are no epochs left: another producer id is needed.
        case needsProducerID
        /// What the producer before it has left must be taken back first, with a new epoch.
        case abortsFirst
        case refused(ErrorCode)
    }

    /// Another producer, or the same anew, wants to write under the id.
    ///
    /// - Parameter expected: who the producer says it was, if it says so (KIP-360).
    mutating func takeOver(expected: Holder?, timeoutMilliseconds: Int32, now: Int64) -> Takeover {
        if let expected {
            if expected == holderBefore, state == .empty { return .repeated }
            guard expected == holderBefore || expected == Holder(producerID: producerID, epoch: epoch) else {
                return .refused(.producerFenced)
            }
        }
        switch state {
        case .preparedCommit, .preparedAbort: return .refused(.concurrentTransactions)
        case .ongoing:
            holderBefore = expected
            fence(now: now)
            return .abortsFirst
        case .empty, .completedCommit, .completedAbort:
            holderBefore = expected
            self.timeoutMilliseconds = timeoutMilliseconds
            state = .empty
            partitions = []
            startedAt = -1
            updatedAt = now
            guard epoch < Transaction.lastEpoch else { return .needsProducerID }
            epoch += 1
            return .done
        }
    }

    /// The producer is turned away from here on, and its transaction is to be taken back.
    mutating func fence(now: Int64) {
        if epoch < Int16.max { epoch += 1 }
        state = .preparedAbort
        updatedAt = now
    }

    private func refusal(_ producerID: Int64, _ epoch: Int16) -> ErrorCode? {
        if producerID != self.producerID { return .invalidProducerIDMapping }
        return epoch == self.epoch ? nil : .producerFenced
    }

    // MARK: The transaction

    /// Whether something has changed.
    mutating func add(
        _ added: Set<TopicPartition>, producerID: Int64, epoch: Int16, now: Int64
    ) throws(Refusal) -> Bool {
        if let code = refusal(producerID, epoch) { throw Refusal(code: code) }
        if state.isPrepared { throw Refusal(code: .concurrentTransactions) }
        if state == .ongoing, added.isSubset(of: partitions) { return false }
        if state != .ongoing {
            state = .ongoing
            holderBefore = nil
            partitions = []
            startedAt = now
        }
        partitions.formUnion(added)
        updatedAt = now
        return true
    }

    struct Refusal: Error, Equatable {
        let code: ErrorCode
    }

    /// Whether the end is to be carried out; false where it has been already.
    mutating func end(
        isCommit: Bool, producerID: Int64, epoch: Int16, now: Int64
    ) throws(Refusal) -> Bool {
        if let code = refusal(producerID, epoch) { throw Refusal(code: code) }
        switch state {
        case .ongoing:
            state = isCommit ? .preparedCommit : .preparedAbort
            updatedAt = now
            return true
        case .completedCommit where isCommit, .completedAbort where !isCommit: return false
        case .preparedCommit where isCommit, .preparedAbort where !isCommit:
            throw Refusal(code: .concurrentTransactions)
        default: throw Refusal(code: .invalidTransactionState)
        }
    }

    /// All marks are in their partitions.
    mutating func complete(now: Int64) {
        precondition(state.isPrepared, "only what has been decided can be completed")
        state = state == .preparedCommit ? .completedCommit : .completedAbort
        partitions = []
        startedAt = -1
        updatedAt = now
    }

    /// When it is taken back for want of an end.
    var deadline: Int64? {
        state == .ongoing ? startedAt + Int64(timeoutMilliseconds) : nil
    }

    /// Whether records of the producer may go to the partition now.
    func refusal(producerID: Int64, epoch: Int16, _ partition: TopicPartition) -> ErrorCode? {
        if producerID != self.producerID { return .invalidProducerIDMapping }
        if epoch != self.epoch { return .invalidProducerEpoch }
        return state == .ongoing && partitions.contains(partition) ? nil : .invalidTransactionState
    }
}
