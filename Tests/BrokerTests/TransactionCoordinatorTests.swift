import Diagnostics
import Foundation
import Storage
import Synchronization
import Testing

@testable import Broker

@Suite("The coordinator of transactions")
struct TransactionCoordinatorTests {
    /// What another thread answers.
    private final class Answer<Value: Sendable>: Sendable {
        private let value = Mutex<Value?>(nil)

        func give(_ value: Value) { self.value.withLock { $0 = value } }

        func take() throws -> Value {
            #expect(waitUntil { value.withLock { $0 != nil } })
            return try #require(value.withLock { $0 })
        }
    }

    /// A coordinator on a simulated disk, with a clock that is set by hand.
    private final class Place: Sendable {
        let files = SimulatedFileSystem()
        let time = Mutex<Int64>(1_000_000)
        let reports = Mutex<[Diagnostic]>([])
        let topics: TopicCatalogue
        let transactions: TransactionCoordinator
        private let queue = WorkQueue(threads: 1)
        private let alarms = Alarms()
        static let partition = TopicPartition(topic: "t", partition: 0)

        init() throws {
            topics = try TopicCatalogue("/data", files)
            for name in ["t", GroupCoordinator.topicName, TransactionCoordinator.topicName] {
                try topics.create(name, partitions: 1)
            }
            let flusher = Flusher(queue)
            let groups = try GroupCoordinator(
                try topics.log(GroupCoordinator.topicName, 0), .init(), flusher, alarms, clock: { 0 },
                report: { _ in })
            // The closures outlive this initialiser, and are called by the coordinator alone.
            let (clock, report) = (Later<Place>(), Later<Place>())
            transactions = try TransactionCoordinator(
                try topics.log(TransactionCoordinator.topicName, 0), topics, groups, flusher, queue, alarms,
                clock: { clock.value?.time.withLock { $0 } ?? 0 },
                report: { diagnostic in report.value?.reports.withLock { $0.append(diagnostic) } })
            clock.value = self
            report.value = self
        }

        func stop() {
            alarms.stop()
            queue.stop()
        }

        func begin(_ expected: Transaction.Holder? = nil, timeout: Int32 = 60_000) throws -> Producer {
            let answer = Answer<Producer>()
            transactions.begin("x", expected: expected, timeoutMilliseconds: timeout) { answer.give($0) }
            return try answer.take()
        }

        func add(_ producer: Producer) throws -> ErrorCode {
            let answer = Answer<ErrorCode>()
            transactions.add(
                [Place.partition], to: "x", producerID: producer.identifier, epoch: producer.epoch
            ) { answer.give($0) }
            return try answer.take()
        }

        func commit(_ producer: Producer) throws -> ErrorCode {
            let answer = Answer<ErrorCode>()
            transactions.end(
                "x", isCommit: true, producerID: producer.identifier, epoch: producer.epoch
            ) { answer.give($0) }
            return try answer.take()
        }
    }

    private typealias Producer = TransactionCoordinator.Producer

    private final class Later<Value: AnyObject>: @unchecked Sendable {
        weak var value: Value?
    }

    @Test("notes the end again where the disk did not take it")
    func completion() throws {
        let place = try Place()
        defer { place.stop() }
        let producer = try place.begin()
        #expect(try place.add(producer) == .none)
        let log = try place.topics.log("t", 0)
        _ = try log.append(try SampleRequests.batch(["a"]), now: 1)
        // The decision and its fsync, the mark and its fsync, and then the end.
        let noSpace = StorageError.unavailable(path: "", reason: "no space left on device")
        place.files.failAt(place.files.operationCount + 5, noSpace)
        #expect(try place.commit(producer) == .none)
        #expect(place.transactions.transaction("x")?.state == .completedCommit)
        #expect(place.reports.withLock { $0.count } == 1)
        #expect(log.bounds.logEnd == 2, "one mark is enough")
        #expect(try place.add(producer) == .none)
    }

    @Test("does not try again at once what the disk does not take")
    func expiry() throws {
        let place = try Place()
        defer { place.stop() }
        let producer = try place.begin(timeout: 1)
        #expect(try place.add(producer) == .none)
        place.files.limitCapacity(place.files.usedBytes)
        let begun = SteadyClock.milliseconds
        place.time.withLock { $0 += 1000 }
        #expect(waitUntil { place.reports.withLock { !$0.isEmpty } })
        usleep(100_000)
        let count = place.reports.withLock { $0.count }
        #expect(Int64(count) <= 2 + (SteadyClock.milliseconds - begun) / 500)
        place.files.limitCapacity(nil)
        #expect(waitUntil { place.transactions.transaction("x")?.state == .completedAbort })
    }

    @Test("gives a producer the same answer again, until it begins a transaction")
    func repeated() throws {
        let place = try Place()
        defer { place.stop() }
        let first = try place.begin()
        #expect(try place.add(first) == .none)
        let holder = Transaction.Holder(producerID: first.identifier, epoch: first.epoch)
        // What it has left is taken back, and it goes on; the answer is lost.
        let second = try place.begin(holder)
        #expect(second.code == .none)
        #expect(second.epoch > first.epoch)
        #expect(try place.begin(holder) == second)
        #expect(try place.add(second) == .none)
        #expect(try place.begin(holder).code == .producerFenced)
    }
}
