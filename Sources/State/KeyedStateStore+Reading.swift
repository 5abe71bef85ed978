import Columnar

// Looking at entries without touching them: nothing moves between memory and disk, and what leaves memory
// next stays what it was.
//
// Any thread may do so in a store whose layout is shared, inside `exclusively`; its owner does its own work
// there too.
extension KeyedStateStore {
    /// Runs `body` while no other thread is in the store, as far as its layout is shared.
    public func exclusively<Result>(_ body: () throws(StateError) -> Result) throws(StateError) -> Result {
        lock?.lock()
        defer { lock?.unlock() }
        return try body()
    }

    /// Hands the key's entry to `body` if there is one.
    ///
    /// - Returns: whether there was.
    public func peek(_ key: Fingerprint, _ body: (StoredEntry) -> Void) throws(StateError) -> Bool {
        let bound = EntryWord.bound(retiredWatermark)
        let slot = index.find(SlotIndex.hash(key), key, in: arena)
        if slot != .max {
            let word = word(slot)
            guard word & EntryWord.removed == 0, word > bound else { return false }
            body(stored(slot, word))
            return true
        }
        guard let disk, disk.isPartial else { return false }
        var isFound = false
        let format = recordFormat
        let keys = UnsafeMutablePointer<Fingerprint>.allocate(capacity: 1)
        defer { keys.deallocate() }
        keys.initialize(to: key)
        try disk.search(keys, [0]) { _, record, _ throws(StateError) in
            guard !record.isDead(bound) else { return }
            isFound = true
            body(StoredEntry(record, format))
        }
        return isFound
    }

    /// Hands every entry to `body`, in no particular order, until it returns false.
    ///
    /// Those on disk are read from first to last; no more than a block of each file is in memory at a time.
    public func forEachEntry(_ body: (StoredEntry) -> Bool) throws(StateError) {
        let bound = EntryWord.bound(retiredWatermark)
        for slot in 0..<UInt32(arena.slotCount) {
            let word = word(slot)
            guard word & (EntryWord.used | EntryWord.removed) == EntryWord.used, word > bound else {
                continue
            }
            if !body(stored(slot, word)) { return }
        }
        guard let disk, disk.isPartial else { return }
        let format = recordFormat
        var cursors: [any SectionCursor] = []
        for section in disk.sections { cursors.append(try section.info.records(in: section.file, format)) }
        var merge = MergeCursor(cursors)
        while let record = try merge.next() {
            guard !record.isDead(bound) else { continue }
            // What is in memory is newer, be it alive or dead.
            let key = record.key
            guard index.find(SlotIndex.hash(key), key, in: arena) == .max else { continue }
            if !body(StoredEntry(record, format)) { return }
        }
    }

    private func stored(_ slot: UInt32, _ word: Int64) -> StoredEntry {
        StoredEntry(key: key(of: slot), word: word, payload: payload(of: slot), blobs, recordFormat)
    }
}
