import Testing

@testable import Broker

@Suite("A transactional id")
struct TransactionTests {
    private let partition = TopicPartition(topic: "t", partition: 0)

    private func begun() throws -> Transaction {
        var transaction = Transaction("x", producerID: 7, timeoutMilliseconds: 1000, now: 0)
        _ = try transaction.add([partition], producerID: 7, epoch: 0, now: 10)
        return transaction
    }

    @Test("goes from empty over ongoing and prepared to completed, and on")
    func life() throws {
        var transaction = try begun()
        #expect(transaction.state == .ongoing)
        #expect(transaction.deadline == 1010)
        #expect(try !transaction.add([partition], producerID: 7, epoch: 0, now: 20))
        #expect(try transaction.end(isCommit: true, producerID: 7, epoch: 0, now: 30))
        #expect(transaction.state == .preparedCommit)
        #expect(throws: Transaction.Refusal(code: .concurrentTransactions)) {
            _ = try transaction.add([partition], producerID: 7, epoch: 0, now: 40)
        }
        transaction.complete(now: 50)
        #expect(transaction.state == .completedCommit)
        // The answer was lost: the producer asks again.
        #expect(try !transaction.end(isCommit: true, producerID: 7, epoch: 0, now: 60))
        #expect(throws: Transaction.Refusal(code: .invalidTransactionState)) {
            _ = try transaction.end(isCommit: false, producerID: 7, epoch: 0, now: 60)
        }
        #expect(try transaction.add([partition], producerID: 7, epoch: 0, now: 70))
        #expect(transaction.startedAt == 70)
    }

    @Test("turns away the producer that had it before")
    func takeover() throws {
        var transaction = Transaction("x", producerID: 7, timeoutMilliseconds: 1000, now: 0)
        #expect(transaction.takeOver(expected: nil, timeoutMilliseconds: 5, now: 1) == .done)
        #expect(transaction.epoch == 1)
        #expect(throws: Transaction.Refusal(code: .producerFenced)) {
            _ = try transaction.add([partition], producerID: 7, epoch: 0, now: 10)
        }
        #expect(throws: Transaction.Refusal(code: .invalidProducerIDMapping)) {
            _ = try transaction.end(isCommit: true, producerID: 8, epoch: 1, now: 10)
        }
        #expect(
            transaction.takeOver(expected: .init(producerID: 7, epoch: 0), timeoutMilliseconds: 5, now: 1)
                == .refused(.producerFenced))
        #expect(
            transaction.takeOver(expected: .init(producerID: 7, epoch: 1), timeoutMilliseconds: 5, now: 1)
                == .done)
    }

    @Test("takes back what the producer before has left, and then has an epoch of its own for that")
    func leftBehind() throws {
        var transaction = try begun()
        #expect(transaction.takeOver(expected: nil, timeoutMilliseconds: 5, now: 20) == .abortsFirst)
        #expect(transaction.state == .preparedAbort)
        #expect(transaction.epoch == 1)
        #expect(
            transaction.takeOver(expected: nil, timeoutMilliseconds: 5, now: 20)
                == .refused(.concurrentTransactions))
        transaction.complete(now: 30)
        #expect(transaction.takeOver(expected: nil, timeoutMilliseconds: 5, now: 40) == .done)
        #expect(transaction.epoch == 2)
    }

    @Test("is given to a producer that asks twice as once, until it has gone on")
    func repeated() throws {
        let before = Transaction.Holder(producerID: 7, epoch: 0)
        var transaction = Transaction("x", producerID: 7, timeoutMilliseconds: 1000, now: 0)
        #expect(transaction.takeOver(expected: before, timeoutMilliseconds: 5, now: 1) == .done)
        #expect(transaction.takeOver(expected: before, timeoutMilliseconds: 5, now: 2) == .repeated)
        #expect(transaction.epoch == 1)
        var gone = transaction
        #expect(gone.takeOver(expected: nil, timeoutMilliseconds: 5, now: 3) == .done)
        #expect(
            gone.takeOver(expected: before, timeoutMilliseconds: 5, now: 4) == .refused(.producerFenced))
        _ = try transaction.add([partition], producerID: 7, epoch: 1, now: 5)
        #expect(
            transaction.takeOver(expected: before, timeoutMilliseconds: 5, now: 6)
                == .refused(.producerFenced))
    }

    @Test("asks for another producer id when there are no epochs left")
    func epochs() {
        var transaction = Transaction("x", producerID: 7, timeoutMilliseconds: 1000, now: 0)
        transaction.epoch = Transaction.lastEpoch
        #expect(transaction.takeOver(expected: nil, timeoutMilliseconds: 5, now: 1) == .needsProducerID)
    }

    @Test("lets records only into partitions that it has")
    func partitions() throws {
        let transaction = try begun()
        #expect(transaction.refusal(producerID: 7, epoch: 0, partition) == nil)
        let other = TopicPartition(topic: "t", partition: 1)
        #expect(transaction.refusal(producerID: 7, epoch: 0, other) == .invalidTransactionState)
        #expect(transaction.refusal(producerID: 7, epoch: 1, partition) == .invalidProducerEpoch)
    }

    @Test("is the same when it is read from its record")
    func record() throws {
        var transaction = try begun()
        for round in 0..<2 {
            let written = TransactionRecord.transaction("x", transaction)
            guard
                case .transaction("x", let read)? = TransactionRecord(key: written.key, value: written.value)
            else {
                Issue.record("no transaction")
                return
            }
            #expect(read == transaction)
            if round == 0 { _ = try transaction.end(isCommit: false, producerID: 7, epoch: 0, now: 30) }
        }
    }
}
