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

    /// Runs `body` and prints its speed by the thread's time, with the wall's beside it: the machine is
    /// shared.
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
        var longest = Duration.zero
        for start in stride(from: 0, to: keys.count, by: StateBenchmarks.batch) {
            let count = min(StateBenchmarks.batch, keys.count - start)
            let begin = ContinuousClock.now
            try keys.withUnsafeBufferPointer {
                try store.findOrInsert($0.baseAddress! + start, count: count, slots: &slots, isNew: &isNew)
            }
            for row in 0..<count {
                new += Int(isNew[row])
                each(slots[row], isNew[row] == 1)
            }
            try store.maintain()
            longest = max(longest, ContinuousClock.now - begin)
        }
        if new == 10_000_000 { print("BENCH longest batch of \(StateBenchmarks.batch): \(longest)") }
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

    /// Sixteen shards of one operator, over the local disk, in a directory that goes when this does.
    private final class Shards {
        let directory = NSTemporaryDirectory() + "millrace-bench-" + UUID().uuidString
        private(set) var checkpoint: StateCheckpoint
        private(set) var stores: [KeyedStateStore] = []
        private var keys: [[Fingerprint]] = Array(repeating: [], count: 16)
        private var slots = [UInt32](repeating: 0, count: 65_536)
        private var isNew = [UInt8](repeating: 0, count: 65_536)
        var new = 0

        init(budget: Int) {
            checkpoint = StateCheckpoint(
                directory: directory, fileSystem: LocalFileSystem(), memory: StateMemory(budgetBytes: budget))
            addStores()
        }

        deinit { try? FileManager.default.removeItem(atPath: directory) }

        func reopen(budget: Int) {
            checkpoint = StateCheckpoint(
                directory: directory, fileSystem: LocalFileSystem(), memory: StateMemory(budgetBytes: budget))
            addStores()
        }

        private func addStores() {
            stores = (0..<16).map { checkpoint.addStore(StateLayout(name: "set/\($0)", payloadBytes: 0)) }
        }

        func insert(_ all: ArraySlice<Fingerprint>) throws {
            for key in all { keys[Int(key.high >> 60)].append(key) }
            for (number, store) in stores.enumerated() {
                let count = keys[number].count
                try store.findOrInsert(keys[number], count: count, slots: &slots, isNew: &isNew)
                for row in 0..<count {
                    new += Int(isNew[row])
                    if isNew[row] == 1 {
                        store.setExpiry(1_800_000_000_000 + Int64(row & 1023), of: slots[row])
                    }
                }
                try store.maintain()
                keys[number].removeAll(keepingCapacity: true)
            }
        }
    }

    @Test func `an epoch of deduplication`() throws {
        let shards = Shards(budget: 4 << 30)
        try shards.checkpoint.startEmpty()
        let all = (0..<4_000_000).map(key)
        for epoch in 1...10 {
            let part = all[(epoch - 1) * 400_000..<epoch * 400_000]
            for start in stride(from: part.startIndex, to: part.endIndex, by: 50_000) {
                try shards.insert(part[start..<start + 50_000])
            }
            try measure("write an epoch of 400k changes", 400_000) {
                try shards.checkpoint.write(epoch: epoch)
            }
            try shards.checkpoint.discard(before: epoch)
            if let merge = shards.checkpoint.pendingMerge() { try measure("merge", 1) { try merge() } }
        }
        print(
            "BENCH files: \(shards.checkpoint.fileCount),"
                + " \(shards.checkpoint.diskBytes / 4_000_000) B an entry"
        )
        shards.reopen(budget: 4 << 30)
        _ = try measure("load 4M entries", 4_000_000) { _ = try shards.checkpoint.load(epoch: 10) }
        try shards.insert(all[0..<50_000])
        #expect(shards.new == 4_000_000)
        try measure("write an empty epoch", 1) { try shards.checkpoint.write(epoch: 11) }
    }

    @Test func `ten million keys in 64 MB`() throws {
        let budget = 64 << 20
        let shards = Shards(budget: budget)
        try shards.checkpoint.startEmpty()
        let all = (0..<10_000_000).map(key)
        var merges = 0
        var peak = 0
        var part = 0
        try measure("insert 10M keys in 64 MB", all.count) {
            for start in stride(from: 0, to: all.count, by: 50_000) {
                try shards.insert(all[start..<start + 50_000])
                peak = max(peak, shards.stores.reduce(0) { $0 + $1.memoryBytes })
                part += 1
                guard part % 8 == 0 else { continue }
                try shards.checkpoint.write(epoch: part)
                try shards.checkpoint.discard(before: part)
                if let merge = shards.checkpoint.pendingMerge() {
                    merges += 1
                    try merge()
                }
            }
        }
        #expect(shards.new == all.count)
        #expect(peak < budget * 11 / 10)
        print("BENCH peak \(peak >> 20) MB, \(merges) merges, \(shards.checkpoint.fileCount) files")
        try measure("look 1M of 10M keys up in 64 MB", 1_000_000) {
            for start in stride(from: 0, to: 10_000_000, by: 500_000) {
                try shards.insert(all[start..<start + 50_000])
            }
        }
        #expect(shards.new == all.count)
    }
}
