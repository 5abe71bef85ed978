import Columnar
import State
import Storage
import Testing

/// State stays within its budget in memory and in proportion on disk.
@Suite struct StateGrowthTests {
    private func key(_ number: Int) -> Fingerprint {
        Fingerprint(low: 1, high: 2).combined(with: Int64(number))
    }

    @Test func `ten times more keys than fit are all known, within the budget`() throws {
        let budget = 256 << 10
        let checkpoint = StateCheckpoint(
            directory: "/state", fileSystem: SimulatedFileSystem(), memory: StateMemory(budgetBytes: budget))
        let stores = (0..<4).map { checkpoint.addStore(StateLayout(name: "\($0)", payloadBytes: 0)) }
        try checkpoint.startEmpty()
        var peak = 0
        for round in 0..<60 {
            for (shard, store) in stores.enumerated() {
                let keys = (round * 300..<(round + 1) * 300).map { key($0 * 4 + shard) }
                #expect(try store.insert(keys).isNew.allSatisfy { $0 })
                try store.maintain()
            }
            peak = max(peak, stores.reduce(0) { $0 + $1.memoryBytes })
            if round % 5 == 4 {
                try checkpoint.write(epoch: round)
                try checkpoint.discard(before: round)
                if let merge = checkpoint.pendingMerge() { try merge() }
            }
        }
        #expect(peak < budget + budget / 8)
        for (shard, store) in stores.enumerated() {
            for start in stride(from: 0, to: 18_000, by: 1000) {
                let keys = (start..<start + 1000).map { key($0 * 4 + shard) }
                #expect(try store.insert(keys).isNew.allSatisfy { !$0 })
                try store.maintain()
            }
        }
        #expect(checkpoint.fileCount <= 16)
    }

    @Test(arguments: [true, false])
    func `files stay few and in proportion to what is alive`(mergesElsewhere: Bool) throws {
        let files = SimulatedFileSystem()
        let checkpoint = StateCheckpoint(
            directory: "/state", fileSystem: files, memory: StateMemory(budgetBytes: 64 << 20))
        let store = checkpoint.addStore(StateLayout(name: "counts", payloadBytes: 40))
        try checkpoint.startEmpty()
        var dice = Dice(8)
        for epoch in 1...100 {
            // Four thousand keys, of which a tenth changes in each epoch, and a few go.
            let slots = try store.insert((0..<400).map { _ in key(dice.below(4000)) }).slots
            for slot in slots { store.markChanged(slot) }
            for slot in slots.prefix(10) { store.remove(slot) }
            try checkpoint.write(epoch: epoch)
            try checkpoint.discard(before: epoch)
            if mergesElsewhere, let merge = checkpoint.pendingMerge() { try merge() }
            try store.maintain()
            // Where nobody merges in the background, it is put off longer.
            let most = mergesElsewhere ? 5 : 7
            if epoch > 40 { #expect(checkpoint.diskBytes < 4000 * 70 * most / 2) }
            #expect(checkpoint.fileCount <= 21)
        }
        #expect(try files.list("/state").count < 25)
    }

    @Test func `what has expired leaves the disk without being written again`() throws {
        let files = SimulatedFileSystem()
        let checkpoint = StateCheckpoint(
            directory: "/state", fileSystem: files, memory: StateMemory(budgetBytes: 64 << 20))
        let store = checkpoint.addStore(StateLayout(name: "set", payloadBytes: 0))
        try checkpoint.startEmpty()
        for epoch in 1...100 {
            let slots = try store.insert((epoch * 300..<(epoch + 1) * 300).map(key)).slots
            for slot in slots { store.setExpiry(Int64(epoch + 10), of: slot) }
            store.retire(upTo: Int64(epoch))
            try checkpoint.write(epoch: epoch)
            try checkpoint.discard(before: epoch)
            if let merge = checkpoint.pendingMerge() { try merge() }
            try store.maintain()
            // Three thousand are alive.
            if epoch > 50 { #expect(checkpoint.diskBytes < 3 * 3000 * 28) }
        }
        store.retire(upTo: 1000)
        try checkpoint.write(epoch: 101)
        try checkpoint.discard(before: 101)
        #expect(checkpoint.diskBytes == 0)
        #expect(try files.list("/state").map(\.name) == ["epoch-101.state"])
    }
}
