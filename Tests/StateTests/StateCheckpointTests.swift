import Columnar
import Foundation
import State
import Storage
import Testing

@Suite struct StateCheckpointTests {
    @Test
    func `random operations over epochs, restarts, merges and tiny budgets give what a dictionary gives`()
        throws
    {
        for seed in Seeds.range(15) {
            var task = try TaskPair(seed: seed, files: SimulatedFileSystem())
            var dice = Dice(seed ^ 0xABCD)
            for step in 0..<200 {
                if let problem = try task.step() {
                    Issue.record("seed \(seed), step \(step): \(problem)\n\(task.story)")
                    return
                }
                if dice.oneIn(30) { try task.restart() }
            }
            #expect(try task.compareAll() == nil, "seed \(seed)")
        }
    }

    @Test func `after a power loss at any operation an epoch that was written is there`() throws {
        for seed in Seeds.range(15) {
            let files = SimulatedFileSystem()
            var task = try TaskPair(seed: seed, files: files)
            var dice = Dice(seed ^ 0x5555)
            task.files.crashAt(task.files.operationCount + 1 + dice.below(60))
            for step in 0..<200 {
                do {
                    if let problem = try task.step() {
                        Issue.record("seed \(seed), step \(step): \(problem)\n\(task.story)")
                        return
                    }
                } catch {
                    guard TaskPair.isPowerLoss(error) else { throw error }
                    try crash(&task, &dice)
                    if let problem = try task.compareAll() {
                        Issue.record("seed \(seed), step \(step), restart: \(problem)\n\(task.story)")
                        return
                    }
                }
            }
            #expect(try task.compareAll() == nil, "seed \(seed)")
        }
    }

    /// Restarts, perhaps losing power again while doing so.
    private func crash(_ task: inout TaskPair, _ dice: inout Dice) throws {
        while true {
            do {
                try task.crash(seed: dice.next())
                task.files.crashAt(task.files.operationCount + 1 + dice.below(dice.oneIn(3) ? 8 : 80))
                return
            } catch {
                guard TaskPair.isPowerLoss(error) else { throw error }
            }
        }
    }

    @Test func `after a failed disk operation the call is made again or the last epoch loaded`() throws {
        for seed in Seeds.range(15) {
            let files = SimulatedFileSystem()
            var task = try TaskPair(seed: seed, files: files)
            var dice = Dice(seed ^ 0x7777)
            for step in 0..<200 {
                if dice.oneIn(12) {
                    task.files.failAt(
                        task.files.operationCount + 1 + dice.below(6),
                        .unavailable(path: "/state", reason: "no space left on device"))
                }
                if let problem = try task.step() {
                    Issue.record("seed \(seed), step \(step): \(problem)\n\(task.story)")
                    return
                }
            }
            #expect(try task.compareAll() == nil, "seed \(seed)")
        }
    }

    @Test func `state on the local disk is loaded again`() throws {
        let directory = NSTemporaryDirectory() + "millrace-state-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let files = LocalFileSystem()
        var model = StoreModel(KeyedStateStoreTests.layouts[3])
        var dice = Dice(11)
        for run in 1...4 {
            let checkpoint = StateCheckpoint(
                directory: directory, fileSystem: files, memory: StateMemory(budgetBytes: 100_000))
            var pair = StorePair(checkpoint.addStore(KeyedStateStoreTests.layouts[3]), domain: 3000)
            if let last = try StateCheckpoint.epochs(in: directory, files).last {
                #expect(try checkpoint.load(epoch: last) == .complete)
                pair.model = model
                pair.time = model.time
            } else {
                try checkpoint.startEmpty()
            }
            for epoch in run * 10..<run * 10 + 5 {
                for _ in 0..<20 { #expect(try pair.step(&dice) == nil) }
                try checkpoint.write(epoch: epoch)
                pair.model.endEpoch()
                try checkpoint.discard(before: epoch)
                if let merge = checkpoint.pendingMerge() { try merge() }
            }
            #expect(try pair.compareAll() == nil)
            model = pair.model
        }
    }
}
