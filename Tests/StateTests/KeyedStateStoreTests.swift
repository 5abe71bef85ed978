import Columnar
import State
import Testing

@Suite struct KeyedStateStoreTests {
    static let layouts = [
        StateLayout(name: "set", payloadBytes: 0),
        StateLayout(name: "aggregate", payloadBytes: 48, reportsChanges: true),
        StateLayout(name: "session", payloadBytes: 24, blobOffsets: [8], tracksExpiryOrder: true),
        StateLayout(
            name: "all", payloadBytes: 40, blobOffsets: [0, 32], tracksExpiryOrder: true, reportsChanges: true
        ),
    ]

    private func key(_ number: Int) -> Fingerprint { Fingerprint(low: UInt64(number), high: UInt64(number)) }

    @Test func `an empty store is tiny`() {
        #expect(KeyedStateStore(KeyedStateStoreTests.layouts[0]).memoryBytes < 2048)
    }

    @Test func `a key is new once, also within a batch`() throws {
        let store = KeyedStateStore(KeyedStateStoreTests.layouts[1])
        let (slots, isNew) = try store.insert([key(1), key(2), key(1), key(2), key(3)])
        #expect(isNew == [true, true, false, false, true])
        #expect(slots[0] == slots[2] && slots[1] == slots[3])
        #expect(try store.insert([key(3), key(4)]).isNew == [false, true])
        #expect(try store.slots(of: [key(9), key(4)])[0] == KeyedStateStore.none)
    }

    @Test func `payloads stay where they are while the store grows`() throws {
        let store = KeyedStateStore(KeyedStateStoreTests.layouts[1])
        let first = try store.insert([key(0)]).slots[0]
        let address = store.payload(of: first)
        address.storeBytes(of: 42, as: Int64.self)
        for start in stride(from: 1, to: 60_000, by: 1000) {
            #expect(try store.insert((start..<start + 1000).map(key)).isNew.allSatisfy { $0 })
        }
        #expect(store.payload(of: first) == address)
        #expect(try store.slots(of: [key(0)]) == [first])
        #expect(address.load(as: Int64.self) == 42)
        let all = try store.slots(of: (0..<60_000).map(key))
        #expect(Set(all).count == 60_000 && !all.contains(KeyedStateStore.none))
    }

    @Test func `the expiry is what was set, to a million years`() throws {
        let store = KeyedStateStore(KeyedStateStoreTests.layouts[0])
        let slot = try store.insert([key(1)]).slots[0]
        #expect(store.expiry(of: slot) == .max)
        for expiry in [0, -1, 1_800_000_000_000, 30_000_000_000_000_000, -30_000_000_000_000_000, .max]
            as [Int64]
        {
            store.setExpiry(expiry, of: slot)
            #expect(store.expiry(of: slot) == expiry)
        }
        store.setExpiry(.max - 1, of: slot)
        #expect(store.expiry(of: slot) == .max)
    }

    @Test func `a set of keys that come and expire for ever does not grow`() throws {
        let store = KeyedStateStore(KeyedStateStoreTests.layouts[0])
        var peak = 0
        for round in 0..<150 {
            let keys = (round * 1000..<(round + 1) * 1000).map(key)
            for slot in try store.insert(keys).slots { store.setExpiry(Int64(round + 10), of: slot) }
            store.retire(upTo: Int64(round))
            store.endEpoch()
            try store.maintain()
            if round > 50 { peak = max(peak, store.memoryBytes) }
        }
        // Ten thousand are alive.
        #expect(peak < 10_000 * 3 * 32)
        #expect(store.countInMemory < 30_000)
        store.retire(upTo: .max - 1)
        for _ in 0..<1000 { try store.maintain() }
        #expect(store.memoryBytes < 64 << 10)
    }

    @Test func `what never expires outlives every watermark`() throws {
        let store = KeyedStateStore(KeyedStateStoreTests.layouts[2])
        let slots = try store.insert([key(1), key(2)]).slots
        store.setExpiry(1000, of: slots[1])
        #expect(try store.allExpired(upTo: .max) { store.key(of: $0) } == [key(2)])
        store.retire(upTo: .max)
        #expect(try store.slots(of: [key(1), key(2)]) == [slots[0], KeyedStateStore.none])
    }

    @Test(arguments: KeyedStateStoreTests.layouts)
    func `random operations give what a dictionary gives`(layout: StateLayout) throws {
        for seed in Seeds.range(12) {
            var dice = Dice(seed)
            var pair = StorePair(KeyedStateStore(layout), domain: [20, 300, 3000][dice.below(3)])
            for step in 0..<120 {
                var problem = try pair.step(&dice)
                if problem == nil, dice.oneIn(15) {
                    problem = try pair.compareChanges()
                    pair.store.endEpoch()
                    pair.model.endEpoch()
                }
                if let problem {
                    Issue.record("seed \(seed), step \(step): \(problem)")
                    return
                }
            }
            #expect(try pair.compareAll() == nil, "seed \(seed)")
        }
    }
}
