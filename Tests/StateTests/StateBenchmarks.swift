import Columnar
import Foundation
import State
import Storage
import Testing

/// Measurements, printed: `MILLRACE_BENCH_STATE=1 swift test -c release --filter StateBenchmarks`.
@Suite(
    .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["MILLRACE_BENCH_STATE"] == "1"))
struct StateBenchmarks {
    private static let batch = 4096

    private func key(_ number: Int) -> Fingerprint {
        Fingerprint(low: 0x1234_5678, high: 0x9ABC_DEF0).combined(with: Int64(number))
    }

    /// Runs `body` and prints its speed by the thread's time, with the wall's beside it: the machine is shared.
    private func measure(_ what: String, _ count: Int, _ body: () throws -> Void) rethrows {
        let start = threadNanoseconds()
        let duration = try ContinuousClock().measure(body)
        let seconds = Double(threadNanoseconds() - start) / 1e9
        let wall = Double(duration.components.attoseconds) / 1e18 + Double(duration.components.seconds)
        let speed = (Double(count) / seconds / 1e6).formatted(.number.precision(.fractionLength(1)))
        print("BENCH \(what): \(speed) M/s, \(Int(seconds * 1000)) ms of CPU, \(Int(wall * 1000)) ms")
    }

    private func threadNanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// Looks all keys up in batches; how many were new.
    private func run(
        _ keys: [Fingerprint], in store: KeyedStateStore, _ each: (UInt32, Bool) -> Void = { _, _ in }
    ) throws -> Int {
        var slots = [UInt32](repeating: 0, count: StateBenchmarks.batch)
        var isNew = [UInt8](repeating: 0, count: StateBenchmarks.batch)
        var new = 0
        for start in stride(from: 0, to: keys.count, by: StateBenchmarks.batch) {
            let count = min(StateBenchmarks.batch, keys.count - start)
            try keys.withUnsafeBufferPointer {
                try store.findOrInsert($0.baseAddress! + start, count: count, slots: &slots, isNew: &isNew)
            }
            for row in 0..<count {
                new += Int(isNew[row])
                each(slots[row], isNew[row] == 1)
            }
            try store.maintain()
        }
        return new
    }

    @Test(arguments: [100_000, 1_000_000, 10_000_000])
    func `deduplication in memory`(size: Int) throws {
        let layout = StateLayout(name: "set", payloadBytes: 0)
        var store = KeyedStateStore(layout)
        let keys = (0..<size).map(key)
        var new = 0
        if size < 1_000_000 {
            try measure("insert, \(size) keys, many times", size * 50) {
                for _ in 0..<50 {
                    store = KeyedStateStore(layout)
                    _ = try run(keys, in: store)
                }
            }
            store = KeyedStateStore(layout)
        }
        try measure("insert, \(size) keys", size) { new = try run(keys, in: store) }
        #expect(new == size)
        measure("end of an epoch, \(size) changes", size) { store.endEpoch() }
        var dice = Dice(1)
        let shuffled = keys.shuffled(using: &dice)
        let rounds = max(1, 10_000_000 / size)
        try measure("look up, \(size) keys", size * rounds) {
            for _ in 0..<rounds { new = try run(shuffled, in: store) }
        }
        #expect(new == 0)
        print("BENCH memory, \(size) keys: \(store.memoryBytes / size) B a key")
    }

    @Test func `aggregates in memory`() throws {
        let store = KeyedStateStore(StateLayout(name: "aggregate", payloadBytes: 48, reportsChanges: true))
        var dice = Dice(2)
        let keys = (0..<10_000_000).map { _ in key(dice.below(150_000)) }
        try measure("aggregate, 150k keys", keys.count) {
            _ = try run(keys, in: store) { slot, _ in
                let payload = store.payload(of: slot).assumingMemoryBound(to: Int64.self)
                payload[0] &+= 1
                payload[1] &+= 7
                store.markChanged(slot)
            }
        }
    }
}
