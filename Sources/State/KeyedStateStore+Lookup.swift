import Columnar
import Glibc

extension KeyedStateStore {
    /// Keys looked up together: enough for the reads of memory to overlap, few enough to stay in the first
    /// cache.
    private static let block = 128

    /// Finds the keys' entries, and makes those that are not there.
    ///
    /// A new entry's payload is zero, its expiry `Int64.max`, and it is marked as changed. Of equal keys the
    /// first makes the entry and the others find it. Does not look at any watermark but that of `retire`.
    /// After an error, which only reading from disk can cause, the state has to be loaded again.
    /// - Parameters:
    ///   - slots: room for `count` slots.
    ///   - isNew: room for `count` bytes; 1 where the entry was not there or was dead, else 0.
    public func findOrInsert(
        _ keys: UnsafePointer<Fingerprint>, count: Int, slots: UnsafeMutablePointer<UInt32>,
        isNew: UnsafeMutablePointer<UInt8>
    ) throws(StateError) {
        var start = 0
        while start < count {
            let end = min(start + KeyedStateStore.block, count)
            let misses = probe(keys + start, end - start, slots + start, isNew + start)
            if misses > 0 {
                try insertMissing(keys + start, end - start, slots + start, isNew + start)
            }
            start = end
        }
    }

    /// Finds the keys' entries; `none` where there is none.
    public func find(
        _ keys: UnsafePointer<Fingerprint>, count: Int, slots: UnsafeMutablePointer<UInt32>
    ) throws(StateError) {
        let block = KeyedStateStore.block
        let isMissing = UnsafeMutablePointer<UInt8>.allocate(capacity: block)
        defer { isMissing.deallocate() }
        var start = 0
        while start < count {
            let end = min(start + block, count)
            if probe(keys + start, end - start, slots + start, isMissing) > 0 {
                try findMissing(keys + start, end - start, slots + start, isMissing)
            }
            start = end
        }
    }

    /// Looks at the likeliest place of each key.
    ///
    /// Short loops without branches, so that their reads of memory overlap: first the groups, then the
    /// entries.
    /// - Returns: how many keys were not there; they have 1 in `isMissing`, the others 0 and their slot.
    private func probe(
        _ keys: UnsafePointer<Fingerprint>, _ count: Int, _ slots: UnsafeMutablePointer<UInt32>,
        _ isMissing: UnsafeMutablePointer<UInt8>
    ) -> Int {
        if arena.slotCount == 0 {
            memset(isMissing, 1, count)
            return count
        }
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: KeyedStateStore.block) { hashes in
            guessSlots(keys, count, slots, hashes)
        }
        let bases = bases
        let stride = stride
        let bound = EntryWord.bound(retiredWatermark)
        var misses = 0
        for row in 0..<count {
            let entry = EntryArena.address(slots[row], bases, stride)
            let key = entry.load(as: Fingerprint.self)
            let word = entry.load(fromByteOffset: 16, as: Int64.self)
            let difference = (key.low ^ keys[row].low) | (key.high ^ keys[row].high)
            let isLive = word & (EntryWord.used | EntryWord.removed) == EntryWord.used && word > bound
            let isHit = difference == 0 && isLive
            isMissing[row] = isHit ? 0 : 1
            misses &+= isHit ? 0 : 1
        }
        if countsUse { markReferenced(slots, isMissing, count) }
        return misses
    }

    /// Writes for each key the slot where it is, if it is anywhere; some slot or other if not.
    @inline(__always)
    private func guessSlots(
        _ keys: UnsafePointer<Fingerprint>, _ count: Int, _ slots: UnsafeMutablePointer<UInt32>,
        _ hashes: UnsafeMutableBufferPointer<UInt64>
    ) {
        let directory = index.directory
        let depth = index.depth
        let groupMask = index.groupMask
        guard let hashes = hashes.baseAddress else { return }
        var touched: UInt8 = 0
        for row in 0..<count {
            let hash = SlotIndex.hash(keys[row])
            hashes[row] = hash
            let segment = directory[SlotIndex.segmentNumber(hash, depth)]
            // All that matters is that the line is on its way.
            touched |= segment.load(
                fromByteOffset: Int(truncatingIfNeeded: hash & groupMask) &* 64, as: UInt8.self)
        }
        slots[0] = UInt32(touched)
        for row in 0..<count {
            let hash = hashes[row]
            let segment = directory[SlotIndex.segmentNumber(hash, depth)]
            let group = segment + Int(truncatingIfNeeded: hash & groupMask) &* 64
            let (first, second) = SlotIndex.matches(group, SlotIndex.tag(hash))
            // Whatever place comes out, also without any match, holds a slot that can be read.
            let low = first.trailingZeroBitCount &>> 3
            let high = (8 &+ (second | 1 &<< 31).trailingZeroBitCount &>> 3)
            slots[row] = SlotIndex.slot(group, first != 0 ? low : high)
        }
    }

    private func markReferenced(
        _ slots: UnsafeMutablePointer<UInt32>, _ isMissing: UnsafeMutablePointer<UInt8>, _ count: Int
    ) {
        for row in 0..<count where isMissing[row] == 0 {
            let word = word(slots[row])
            if word & EntryWord.referenced == 0 { setWord(word | EntryWord.referenced, slots[row]) }
        }
    }

    private func insertMissing(
        _ keys: UnsafePointer<Fingerprint>, _ count: Int, _ slots: UnsafeMutablePointer<UInt32>,
        _ isNew: UnsafeMutablePointer<UInt8>
    ) throws(StateError) {
        let bound = EntryWord.bound(retiredWatermark)
        let absent = disk.flatMap { $0.isPartial ? $0 : nil }
        var rows: [Int] = []
        for row in 0..<count where isNew[row] != 0 {
            let key = keys[row]
            let hash = SlotIndex.hash(key)
            let slot = index.find(hash, key, in: arena)
            if slot == .max {
                slots[row] = insert(key, hash)
                if absent != nil { rows.append(row) }
            } else {
                slots[row] = slot
                let word = word(slot)
                if word & EntryWord.removed == 0 && word > bound {
                    isNew[row] = 0
                    continue
                }
                revive(slot, word)
            }
            if absent == nil { markChanged(slots[row]) }
        }
        guard let absent else { return }
        try absent.search(keys, rows) { row, record, section throws(StateError) in
            adopt(record, section, slots[row])
            if !record.isDead(bound) { isNew[row] = 0 }
        }
        // Only now, so that the changes' order does not tell what was in memory.
        for row in 0..<count where isNew[row] != 0 { markChanged(slots[row]) }
    }

    private func findMissing(
        _ keys: UnsafePointer<Fingerprint>, _ count: Int, _ slots: UnsafeMutablePointer<UInt32>,
        _ isMissing: UnsafeMutablePointer<UInt8>
    ) throws(StateError) {
        let bound = EntryWord.bound(retiredWatermark)
        let absent = disk.flatMap { $0.isPartial ? $0 : nil }
        var rows: [Int] = []
        for row in 0..<count where isMissing[row] != 0 {
            let slot = index.find(SlotIndex.hash(keys[row]), keys[row], in: arena)
            slots[row] = KeyedStateStore.none
            guard slot != .max else {
                if absent != nil { rows.append(row) }
                continue
            }
            let word = word(slot)
            if word & EntryWord.removed == 0 && word > bound { slots[row] = slot }
        }
        guard let absent else { return }
        try absent.search(keys, rows) { row, record, section throws(StateError) in
            guard !record.isDead(bound) else { return }
            let hash = SlotIndex.hash(keys[row])
            // An earlier row may have had the same key.
            slots[row] = index.find(hash, keys[row], in: arena)
            guard slots[row] == .max else { return }
            slots[row] = insert(keys[row], hash)
            adopt(record, section, slots[row])
        }
    }

    /// The key's entry, be it dead or alive, in memory or not; `none` when there is no trace of it.
    func fetch(_ key: Fingerprint) throws(StateError) -> UInt32 {
        let hash = SlotIndex.hash(key)
        var slot = index.find(hash, key, in: arena)
        guard slot == .max, let disk, disk.isPartial else { return slot }
        let keys = UnsafeMutablePointer<Fingerprint>.allocate(capacity: 1)
        defer { keys.deallocate() }
        keys.initialize(to: key)
        try disk.search(keys, [0]) { _, record, section throws(StateError) in
            slot = insert(key, hash)
            adopt(record, section, slot, evenDead: true)
        }
        return slot
    }

    /// Makes the new entry in `slot` what the record says. What is dead leaves only its traces, unless
    /// `evenDead`.
    private func adopt(_ record: Record, _ section: Section, _ slot: UInt32, evenDead: Bool = false) {
        let isDead = record.isDead(EntryWord.bound(retiredWatermark))
        var word = record.word & ~EntryWord.flags | EntryWord.used | EntryWord.referenced
        if isDead, !evenDead {
            // Whatever the dead record hides stays hidden by it: nothing of it need be known here.
            word = EntryWord.encoded(.max) | EntryWord.used | EntryWord.referenced
        } else {
            section.format.read(record.pointer, to: payload(of: slot), blobs)
            word |= EntryWord.stored | record.word & (EntryWord.masks | EntryWord.removed)
            let expiry = EntryWord.expiry(word)
            if layout.tracksExpiryOrder, expiry != .max { queue.add(expiry, slot) }
        }
        if section.isOfOpenEpoch, layout.reportsChanges {
            word |= EntryWord.listed
            changes.returned.append(slot)
        }
        setWord(word, slot)
    }

    /// Makes an entry for a key that has none in memory.
    func insert(_ key: Fingerprint, _ hash: UInt64) -> UInt32 {
        let slot = arena.allocate()
        let entry = arena.address(slot)
        entry.storeBytes(of: key, as: Fingerprint.self)
        entry.storeBytes(
            of: EntryWord.encoded(.max) | EntryWord.used | EntryWord.referenced, toByteOffset: 16,
            as: Int64.self)
        if layout.payloadBytes > 0 { memset(entry + 24, 0, layout.payloadBytes) }
        index.insert(hash, slot, in: arena)
        insertedSinceSweep &+= 1
        return slot
    }

    /// Makes a dead entry a new one of the same key.
    private func revive(_ slot: UInt32, _ word: Int64) {
        releaseBlobs(of: slot)
        memset(payload(of: slot), 0, layout.payloadBytes)
        var flags = word & EntryWord.flags & ~EntryWord.removed
        // A removed entry's last version on disk is alive until a newer one says otherwise.
        if flags & EntryWord.stored != 0, word & EntryWord.removed != 0 { flags |= EntryWord.masks }
        setWord(EntryWord.encoded(.max) | flags, slot)
    }
}
