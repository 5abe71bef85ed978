import Columnar
import Foundation
import State
import Storage
import Synchronization
import Testing

@Suite struct StateThreadTests {
    /// A store and its model, used by one thread at a time.
    private final class Shared: @unchecked Sendable {
        var pair: StorePair

        init(_ pair: StorePair) { self.pair = pair }
    }

    @Test func `stores of a task are used by many threads while files are merged by another`() throws {
        for seed in Seeds.range(1) {
            let files = SimulatedFileSystem()
            let checkpoint = StateCheckpoint(
                directory: "/state", fileSystem: files, memory: StateMemory(budgetBytes: 200_000))
            var shared: [Shared] = []
            for number in 0..<12 {
                let layout = KeyedStateStoreTests.layouts[number % 4]
                let named = StateLayout(
                    name: "\(number)", payloadBytes: layout.payloadBytes, blobOffsets: layout.blobOffsets,
                    tracksExpiryOrder: layout.tracksExpiryOrder, reportsChanges: layout.reportsChanges)
                shared.append(Shared(StorePair(checkpoint.addStore(named), domain: 2000)))
            }
            try checkpoint.startEmpty()
            let all = shared
            let problems = Mutex<[String]>([])
            let merges = DispatchGroup()
            for epoch in 1...12 {
                DispatchQueue.concurrentPerform(iterations: all.count) { number in
                    var pair = all[number].pair
                    var dice = Dice(seed << 32 | UInt64(epoch) << 16 | UInt64(number))
                    do {
                        for _ in 0..<12 {
                            if let problem = try pair.step(&dice) { problems.withLock { $0.append(problem) } }
                        }
                        if let problem = try pair.compareChanges() {
                            problems.withLock { $0.append(problem) }
                        }
                        pair.model.endEpoch()
                    } catch {
                        problems.withLock { $0.append("\(error)") }
                    }
                    all[number].pair = pair
                }
                try checkpoint.write(epoch: epoch)
                try checkpoint.discard(before: epoch)
                if let merge = checkpoint.pendingMerge() {
                    DispatchQueue.global().async(group: merges) {
                        do { try merge() } catch { problems.withLock { $0.append("\(error)") } }
                    }
                }
            }
            merges.wait()
            #expect(problems.withLock { $0 } == [], "seed \(seed)")
            for each in all { #expect(try each.pair.compareAll() == nil, "seed \(seed)") }
        }
    }
}
