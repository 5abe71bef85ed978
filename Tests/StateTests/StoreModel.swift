import Columnar
import State

/// Random numbers that a seed reproduces.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// True once in `times`.
    mutating func oneIn(_ times: Int) -> Bool { below(times) == 0 }
}

/// What a `KeyedStateStore` is to answer, the slow and obvious way.
struct StoreModel {
    struct Entry: Equatable {
        var expiry = Int64.max
        var words: [Int64]
        var blobs: [[UInt8]?]
    }

    let layout: StateLayout
    var entries: [Fingerprint: Entry] = [:]
    var watermark = Int64.min
    private(set) var changed: [Fingerprint] = []
    private var isChanged: Set<Fingerprint> = []

    var words: Int { layout.payloadBytes / 8 - layout.blobOffsets.count }

    init(_ layout: StateLayout) { self.layout = layout }

    mutating func markChanged(_ key: Fingerprint) {
        if isChanged.insert(key).inserted { changed.append(key) }
    }

    mutating func endEpoch() {
        changed = []
        isChanged = []
    }

    /// Whether the key is new.
    mutating func findOrInsert(_ key: Fingerprint) -> Bool {
        if entries[key] != nil { return false }
        entries[key] = Entry(
            words: Array(repeating: 0, count: words),
            blobs: Array(repeating: nil, count: layout.blobOffsets.count))
        markChanged(key)
        return true
    }

    mutating func retire(upTo watermark: Int64) {
        self.watermark = max(self.watermark, watermark)
        entries = entries.filter { $0.value.expiry == .max || $0.value.expiry > self.watermark }
    }

    mutating func takeExpired(upTo watermark: Int64) -> [(Fingerprint, Entry)] {
        let taken = entries.filter { $0.value.expiry != .max && $0.value.expiry <= watermark }.sorted {
            ($0.value.expiry, $0.key.high, $0.key.low) < ($1.value.expiry, $1.key.high, $1.key.low)
        }
        retire(upTo: watermark)
        return taken.map { ($0.key, $0.value) }
    }
}

extension KeyedStateStore {
    /// The entry as the model has it.
    func modelEntry(_ slot: UInt32) -> StoreModel.Entry {
        var entry = StoreModel.Entry(expiry: expiry(of: slot), words: [], blobs: [])
        for offset in stride(from: 0, to: layout.payloadBytes, by: 8) {
            let place = payload(of: slot) + offset
            if layout.blobOffsets.contains(offset) {
                entry.blobs.append(blobs.bytes(at: place).map(Array.init))
            } else {
                entry.words.append(place.load(as: Int64.self))
            }
        }
        return entry
    }

    func setBlob(_ number: Int, of slot: UInt32, _ bytes: [UInt8]) {
        bytes.withUnsafeBytes { blobs.replace(at: payload(of: slot) + layout.blobOffsets[number], with: $0) }
    }

    func setWord(_ number: Int, of slot: UInt32, _ value: Int64) {
        let offsets = stride(from: 0, to: layout.payloadBytes, by: 8).filter {
            !layout.blobOffsets.contains($0)
        }
        (payload(of: slot) + offsets[number]).storeBytes(of: value, as: Int64.self)
    }

    func slots(of keys: [Fingerprint]) throws -> [UInt32] {
        try Array(unsafeUninitializedCapacity: keys.count) { slots, count in
            count = keys.count
            if let slots = slots.baseAddress { try find(keys, count: keys.count, slots: slots) }
        }
    }

    func insert(_ keys: [Fingerprint]) throws -> (slots: [UInt32], isNew: [Bool]) {
        var slots = [UInt32](repeating: 0, count: keys.count)
        var isNew = [UInt8](repeating: 0, count: keys.count)
        try findOrInsert(keys, count: keys.count, slots: &slots, isNew: &isNew)
        return (slots, isNew.map { $0 == 1 })
    }

    /// All expired entries' slots, with what `read` makes of them.
    func allExpired<Result>(
        upTo watermark: Int64, capacity: Int = 7, _ read: (UInt32) -> Result
    ) throws -> [Result] {
        var results: [Result] = []
        var slots = [UInt32](repeating: 0, count: capacity)
        while true {
            let count = try takeExpired(upTo: watermark, into: &slots, capacity: capacity)
            if count == 0 { return results }
            for slot in slots[..<count] { results.append(read(slot)) }
        }
    }

    /// What `read` makes of all changed entries' slots.
    func allChanges<Result>(capacity: Int = 5, _ read: (UInt32) -> Result) throws -> [Result] {
        var results: [Result] = []
        var slots = [UInt32](repeating: 0, count: capacity)
        while true {
            let count = try copyChanges(from: results.count, into: &slots, capacity: capacity)
            if count == 0 { return results }
            for slot in slots[..<count] { results.append(read(slot)) }
            if results.count % 3 == 0 { try maintain() }
        }
    }
}

/// A store and its model, which get the same random operations.
struct StorePair {
    let store: KeyedStateStore
    var model: StoreModel
    var time: Int64 = 0
    /// Keys are drawn from this many.
    var domain: Int

    init(_ store: KeyedStateStore, domain: Int) {
        self.store = store
        model = StoreModel(store.layout)
        self.domain = domain
    }

    func key(_ number: Int) -> Fingerprint {
        // Badly mixed on purpose: the store may not rely on any bits of a fingerprint.
        Fingerprint(low: UInt64(number % 7), high: UInt64(number) << 16)
    }

    /// Makes one random operation on both; what differs, in words.
    mutating func step(_ dice: inout Dice) throws -> String? {
        switch dice.below(10) {
        case 0...4: return try insert(&dice)
        case 5:
            let keys = (0..<dice.below(200)).map { _ in key(dice.below(domain)) }
            return try compare(keys)
        case 6:
            time += Int64(dice.below(60))
            if store.layout.tracksExpiryOrder { return try takeExpired(&dice) }
            store.retire(upTo: time)
            model.retire(upTo: time)
        case 7: return try remove(&dice)
        default: try store.maintain()
        }
        return nil
    }

    private mutating func insert(_ dice: inout Dice) throws -> String? {
        let keys = (0..<dice.below(dice.oneIn(20) ? 1500 : 60)).map { _ in key(dice.below(domain)) }
        let (slots, isNew) = try store.insert(keys)
        for (row, key) in keys.enumerated() where model.findOrInsert(key) != isNew[row] {
            let entry = store.modelEntry(slots[row])
            return
                "row \(row) of \(keys.count), \(key): isNew is \(isNew[row]), \(entry);"
                + " retired \(model.watermark)"
        }
        for (row, key) in keys.enumerated() {
            guard var entry = model.entries[key] else { return "the model has lost a key" }
            let slot = slots[row]
            if store.key(of: slot) != key { return "slot \(slot) has another key" }
            if store.modelEntry(slot) != entry { return "\(store.modelEntry(slot)) is not \(entry)" }
            if dice.oneIn(8) { continue }
            if entry.words.count > 0 {
                let number = dice.below(entry.words.count)
                entry.words[number] = Int64(dice.below(1000))
                store.setWord(number, of: slot, entry.words[number])
            }
            if !entry.blobs.isEmpty, dice.oneIn(2) {
                let number = dice.below(entry.blobs.count)
                let bytes = (0..<dice.below(dice.oneIn(50) ? 9000 : 40)).map { _ in UInt8(dice.below(256)) }
                entry.blobs[number] = bytes
                store.setBlob(number, of: slot, bytes)
            }
            if dice.oneIn(2) {
                let isOften = entry.expiry == .max
                entry.expiry = time + 1 + Int64(dice.below(isOften ? 100 : 300))
                if dice.oneIn(40) { entry.expiry = .max }
                store.setExpiry(entry.expiry, of: slot)
            }
            store.markChanged(slot)
            model.markChanged(key)
            model.entries[key] = entry
        }
        return nil
    }

    private mutating func remove(_ dice: inout Dice) throws -> String? {
        let keys = (0..<dice.below(30)).map { _ in key(dice.below(domain)) }
        for (row, slot) in try store.slots(of: keys).enumerated() where slot != KeyedStateStore.none {
            if store.isDead(slot) { continue }
            if model.entries.removeValue(forKey: keys[row]) == nil {
                return "a key is there that was removed"
            }
            store.remove(slot)
            if store.layout.reportsChanges { model.markChanged(keys[row]) }
        }
        return nil
    }

    private mutating func takeExpired(_ dice: inout Dice) throws -> String? {
        let expected = model.takeExpired(upTo: time)
        let found = try store.allExpired(upTo: time, capacity: 1 + dice.below(20)) {
            (store.key(of: $0), store.modelEntry($0))
        }
        if found.count != expected.count { return "\(found.count) expired, not \(expected.count)" }
        for (one, other) in zip(found, expected) where one != other { return "\(one) expired, not \(other)" }
        return nil
    }

    /// Compares what both have of `keys`.
    func compare(_ keys: [Fingerprint]) throws -> String? {
        for (row, slot) in try store.slots(of: keys).enumerated() {
            let found = slot == KeyedStateStore.none ? nil : store.modelEntry(slot)
            if found != model.entries[keys[row]] {
                return
                    "\(keys[row]) has \(String(describing: found)),"
                    + " not \(String(describing: model.entries[keys[row]]))"
            }
        }
        return nil
    }

    func compareAll() throws -> String? { try compare((0..<domain).map(key)) ?? compareReading() }

    /// Compares what readers see, which changes nothing.
    func compareReading() throws -> String? {
        let before = (store.countInMemory, store.memoryBytes)
        var found: [Fingerprint: StoreModel.Entry] = [:]
        var twice: Fingerprint?
        try store.forEachEntry { entry in
            if found.updateValue(modelEntry(entry), forKey: entry.key) != nil { twice = entry.key }
            return true
        }
        if let twice { return "\(twice) is seen twice" }
        if found.count != model.entries.count { return "\(found.count) seen, not \(model.entries.count)" }
        for key in (0..<domain).map(key) {
            if found[key] != model.entries[key] { return "\(key) is seen as \(found[key] as Any)" }
            var peeked: StoreModel.Entry?
            let isThere = try store.peek(key) { peeked = modelEntry($0) }
            if isThere != (peeked != nil) || peeked != model.entries[key] {
                return "\(key) is found as \(peeked as Any), not \(model.entries[key] as Any)"
            }
        }
        return before == (store.countInMemory, store.memoryBytes) ? nil : "reading has changed the store"
    }

    private func modelEntry(_ entry: StoredEntry) -> StoreModel.Entry {
        var made = StoreModel.Entry(expiry: entry.expiry, words: [], blobs: [])
        for offset in stride(from: 0, to: store.layout.payloadBytes, by: 8) {
            if store.layout.blobOffsets.contains(offset) {
                made.blobs.append(entry.blob(at: offset).map(Array.init))
            } else {
                made.words.append(entry.word(at: offset))
            }
        }
        return made
    }

    /// Compares the epoch's changes.
    func compareChanges() throws -> String? {
        guard store.layout.reportsChanges else { return nil }
        let found = try store.allChanges { slot in
            (store.key(of: slot), store.isDead(slot) ? nil : store.modelEntry(slot))
        }
        if found.map(\.0) != model.changed { return "\(found.map(\.0)) changed, not \(model.changed)" }
        for (key, entry) in found where entry != model.entries[key] {
            return "\(key) changed to \(entry as Any)"
        }
        return nil
    }
}
