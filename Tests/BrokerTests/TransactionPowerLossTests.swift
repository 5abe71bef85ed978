import Foundation
import Storage
import TestKit
import Testing

@testable import Broker

/// Takes the power away at each operation of a disk while a producer runs transactions, and looks at what is
/// there afterwards.
@Suite("Transactions and the power")
struct TransactionPowerLossTests {
    private typealias Place = BrokerServerTests.Place

    /// A producer that writes transactions of two partitions and a group's offset; every third is taken back.
    private final class Run {
        let client: TransactionalClient
        var number = 0
        /// What was said to be committed.
        var committed: [Int] = []
        /// What is there whole or not at all.
        var unknown: Set<Int> = []
        private var steps: [() throws -> ErrorCode?] = []

        init(_ client: TransactionalClient) { self.client = client }

        var takesBack: Bool { number % 3 == 2 }

        /// What is left to do of the present transaction.
        private func fill() {
            let number = number
            let (client, takesBack) = (client, takesBack)
            steps = [
                { try client.add("t", [0]) },
                { try client.produce("t", 0, ["\(number) a", "\(number) b"]) },
                { try client.add("t", [1]) },
                { try client.produce("t", 1, ["\(number) c"]) },
                { try client.addGroup("g") },
                { try client.commit(Int64(number + 1), of: "in", to: "g") },
                { try client.end(isCommit: !takesBack) },
            ]
        }

        /// The next steps; false where the broker refused one, or did not answer.
        func goOn(until last: Int) -> Bool {
            while number < last {
                if steps.isEmpty { fill() }
                guard let code = try? steps[0](), code == ErrorCode.none else { return false }
                steps.removeFirst()
                guard steps.isEmpty else { continue }
                if !takesBack { committed.append(number) }
                number += 1
            }
            return true
        }

        /// What a program does that was refused: takes back, or else begins anew.
        func recover(goesOn: Bool) throws {
            // The end may have been decided, and the answer lost.
            if steps.count == 1, !takesBack { unknown.insert(number) }
            // What was not acknowledged may be there: with its sequence nothing else can be sent (KIP-360).
            let isSequenceUsed = steps.count == 6 || steps.count == 4
            steps = []
            number += 1
            if try client.end(isCommit: false) != ErrorCode.none || isSequenceUsed {
                #expect(
                    waitUntil {
                        let code = try? client.begin(goesOn: goesOn)
                        return code == ErrorCode.none
                            || goesOn && (try? client.begin()) == ErrorCode.none
                    })
            }
        }
    }

    /// - Returns: false where the work was done before the power went.
    private func crash(at operation: Int, seed: UInt64) throws -> Bool {
        var place = try Place()
        try place.store.create("t", partitions: 2)
        try place.store.create("in")
        let run = Run(TransactionalClient(place.server.address, "x"))
        #expect(try run.client.begin() == ErrorCode.none)
        // Who asks for an end is not answered while the marks cannot be written.
        run.client.waitSeconds = 0.3
        place.files.crashAt(place.files.operationCount + operation)
        let isDone = run.goOn(until: 4)
        let files = place.files.crash(seed: seed)
        place.stop()

        place = try Place(files)
        defer { place.stop() }
        run.client.move(to: place.server.address)
        run.client.waitSeconds = 60
        // Some go on with the step that failed, some take back at once, some are other processes.
        switch seed % 3 {
        case 0:
            if !run.goOn(until: 6) { try run.recover(goesOn: true) }
        case 1: try run.recover(goesOn: true)
        default:
            try run.recover(goesOn: false)
            #expect(waitUntil { (try? run.client.begin()) == ErrorCode.none })
        }
        for _ in 0..<3 where !run.goOn(until: run.number + 2) { try run.recover(goesOn: false) }
        try check(place, run, "operation \(operation), seed \(seed)")
        return !isDone
    }

    private func check(_ place: Place, _ run: Run, _ name: String) throws {
        var found: [Int: Set<String>] = [:]
        for partition in 0..<2 {
            let log = try place.store.catalogue.log("t", partition)
            #expect(log.bounds.lastStable == log.bounds.logEnd, "\(name): a transaction without an end")
            for value in try log.committedValues() {
                let parts = value.split(separator: " ")
                let isNew = found[Int(parts[0]) ?? -1, default: []].insert(String(parts[1])).inserted
                #expect(isNew, "\(name): \(value) is there twice")
            }
        }
        for number in run.committed {
            #expect(found[number] == ["a", "b", "c"], "\(name): transaction \(number)")
        }
        for (number, parts) in found {
            let isCommitted = run.committed.contains(number)
            #expect(isCommitted || run.unknown.contains(number), "\(name): \(number) was not committed")
            #expect(parts == ["a", "b", "c"], "\(name): transaction \(number)")
        }
        let partition = TopicPartition(topic: "in", partition: 0)
        let last = found.keys.max().map { Int64($0 + 1) }
        switch place.server.groups.offsets(of: "g", [partition], needsStable: true)[0].1 {
        case .offset(let offset): #expect(offset.offset == last, "\(name)")
        case .none: #expect(last == nil, "\(name): the offset is gone")
        case .unstable: Issue.record("\(name): an offset without an end")
        }
    }

    @Test("are there whole or not at all, wherever it goes, and none is left open")
    func powerLoss() throws {
        let random = UInt64.random(in: 0..<1000)
        var operation = 1
        while true {
            var goesOn = false
            for seed in 0..<(Effort.isFull ? 30 : 2) as Range<UInt64> {
                goesOn = try crash(at: operation, seed: random * 3 + seed) || goesOn
            }
            guard goesOn else { break }
            operation += Effort.isFull ? 1 : 5
        }
        #expect(operation > 20)
    }

    @Test("of which the coordinator does not know are taken back before anything new comes")
    func forgotten() throws {
        var place = try Place()
        try place.store.create("t", partitions: 2)
        // As a loss of power leaves it: the records are there, and who added the partition is not.
        let records = [SampleRecord(timestamp: 1, key: nil, value: [1])]
        for partition in 0..<2 {
            let batch = try sampleBatch(records, producer: 0, epoch: 0, sequence: 0, isTransactional: true)
            _ = try place.store.catalogue.log("t", partition).append(batch, now: 1)
        }
        let offset = GroupRecord.offset(
            group: "g", TopicPartition(topic: "in", partition: 0), CommittedOffset(offset: 7))
        _ = try place.server.groups.append([offset], (0, 0))
        place.server.stop()
        place.store.close()

        // One log is open before there is a broker.
        let store = try TopicStore(directory: "/data", fileSystem: place.files)
        #expect(try store.catalogue.log("t", 0).bounds.lastStable == 0)
        store.close()
        place = try Place(place.files, before: { store in _ = try? store.catalogue.log("t", 0) })
        defer { place.stop() }
        // The producer of that number, as the coordinator gives it anew.
        let client = TransactionalClient(place.server.address, "x")
        #expect(try client.begin() == ErrorCode.none)
        for partition in [0, 1] as [Int32] {
            #expect(try client.add("t", [partition]) == ErrorCode.none)
            let log = try place.store.catalogue.log("t", Int(partition))
            #expect(log.bounds.lastStable == 2, "its record, and the mark that takes it back")
            #expect(try log.committedValues() == [])
        }
        let offsets = place.server.groups.log
        #expect(waitUntil { offsets.bounds.lastStable == offsets.bounds.logEnd })
        #expect(place.server.groups.offsets(of: "g", nil, needsStable: true).isEmpty)
    }
}
