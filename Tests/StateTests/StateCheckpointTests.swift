import Columnar
import State
import Storage
import Testing

@Suite struct StateCheckpointTests {
    @Test func `random operations over epochs, restarts, merges and tiny budgets give what a dictionary gives`() throws {
        for seed in Seeds.range(60) {
            var task = try TaskPair(seed: seed, files: SimulatedFileSystem())
            var dice = Dice(seed ^ 0xABCD)
            for step in 0..<200 {
                if let problem = try task.step() {
                    Issue.record("seed \(seed), step \(step): \(problem)\n\(task.log.joined(separator: "\n"))")
                    return
                }
                if dice.oneIn(30) { try task.restart() }
            }
            #expect(try task.compareAll() == nil, "seed \(seed)")
        }
    }

    @Test func `after a power loss at any operation an epoch that was written is there`() throws {
        for seed in Seeds.range(60) {
            let files = SimulatedFileSystem()
            var task = try TaskPair(seed: seed, files: files)
            var dice = Dice(seed ^ 0x5555)
            task.files.crashAt(task.files.operationCount + 1 + dice.below(60))
            for step in 0..<200 {
                do {
                    if let problem = try task.step() {
                        Issue.record("seed \(seed), step \(step): \(problem)\n\(task.log.joined(separator: "\n"))")
                        return
                    }
                } catch {
                    guard TaskPair.isPowerLoss(error) else { throw error }
                    try crash(&task, &dice)
                    if let problem = try task.compareAll() {
                        Issue.record("seed \(seed), step \(step), restart: \(problem)\n\(task.log.joined(separator: "\n"))")
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
        for seed in Seeds.range(60) {
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
                    Issue.record("seed \(seed), step \(step): \(problem)\n\(task.log.joined(separator: "\n"))")
                    return
                }
            }
            #expect(try task.compareAll() == nil, "seed \(seed)")
        }
    }
}
