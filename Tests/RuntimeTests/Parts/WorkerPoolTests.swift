import Synchronization
import TestKit
import Testing

@testable import Runtime

@Suite struct WorkerPoolTests {
    @Test(.timeLimit(.minutes(30)), arguments: 1...8)
    func callsEachIndexOnce(threads: Int) {
        let pool = WorkerPool(threads: threads)
        defer { pool.stop() }
        var random = SeededGenerator(seed: UInt64(threads))
        for round in 0..<1_500 {
            let count =
                round % 7 == 0
                ? Int.random(in: 0...300, using: &random) : Int.random(in: 0...9, using: &random)
            let calls = Mutex([Int](repeating: 0, count: count))
            pool.forEach(count) { index in calls.withLock { $0[index] += 1 } }
            #expect(calls.withLock { $0.allSatisfy { $0 == 1 } }, "round \(round), \(threads) threads")
        }
    }

    /// Phases follow one another while jobs run in the background and phases add more of them, as sinks do.
    @Test(.timeLimit(.minutes(30)), arguments: 1...8)
    func mixesPhasesAndJobs(threads: Int) {
        let pool = WorkerPool(threads: threads, backgroundLimit: 1_000)
        defer { pool.stop() }
        var random = SeededGenerator(seed: UInt64(threads) &+ 100)
        let finished = Mutex(0)
        var enqueued = 0
        for _ in 0..<400 {
            let count = Int.random(in: 1...12, using: &random)
            let sum = Mutex(0)
            pool.forEach(count) { index in
                if index % 3 == 0 {
                    pool.enqueue(bytes: 100 + index) { finished.withLock { $0 += 1 } }
                }
                sum.withLock { $0 += index }
            }
            enqueued += (count + 2) / 3
            #expect(sum.withLock { $0 } == count * (count - 1) / 2)
            if Bool.random(using: &random) {
                pool.drainBackground()
                #expect(finished.withLock { $0 } == enqueued)
            }
        }
        pool.drainBackground()
        #expect(finished.withLock { $0 } == enqueued)
    }

    /// Whoever adds more than the limit works until there is room: what is held stays bounded.
    @Test(.timeLimit(.minutes(30)), arguments: 1...8)
    func boundsWhatJobsHold(threads: Int) {
        let limit = 1_000
        let largest = 300
        let pool = WorkerPool(threads: threads, backgroundLimit: limit)
        defer { pool.stop() }
        var random = SeededGenerator(seed: UInt64(threads) &+ 200)
        let held = Mutex((now: 0, most: 0))
        for _ in 0..<3_000 {
            let bytes = Int.random(in: 1...largest, using: &random)
            held.withLock { $0.now += bytes }
            pool.enqueue(bytes: bytes) {
                var spins = bytes
                while spins > 0 { spins -= 1 }
                held.withLock { $0.now -= bytes }
            }
            held.withLock { $0.most = max($0.most, $0.now) }
        }
        pool.drainBackground()
        // Beyond the limit there is only what threads are at already.
        #expect(held.withLock { $0.most } <= limit + threads * largest)
        #expect(held.withLock { $0.now } == 0)
    }

    @Test(.timeLimit(.minutes(30)))
    func drainsWhenThereIsNothing() {
        let pool = WorkerPool(threads: 3)
        defer { pool.stop() }
        pool.drainBackground()
        pool.forEach(0) { _ in Issue.record("there is nothing to call") }
    }
}
