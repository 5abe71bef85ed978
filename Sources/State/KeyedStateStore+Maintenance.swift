import Columnar

extension KeyedStateStore {
    /// Between rounds: takes back the memory of dead entries, a part at a time, and stays within the budget.
    ///
    /// Slots and payload addresses from before are not valid any more, those of changes excepted: read them
    /// again.
    public func maintain() throws(StateError) {
        freeDying()
        sweep()
        shrinkIfSparse()
        if let disk, disk.isPartial, disk.lastAbsentExpiry <= retiredWatermark, !changes.hasKeys {
            disk.becomeWhole()
        }
        count()
        try relieve()
    }

    /// Whether look-ups note which entries are in use, for the choice of what leaves memory.
    var countsUse: Bool {
        guard let memory else { return false }
        return memory.usedBytes > memory.budgetBytes / 2
    }

    /// Takes the entry out of memory.
    func free(_ slot: UInt32) {
        index.remove(SlotIndex.hash(key(of: slot)), slot)
        releaseBlobs(of: slot)
        arena.release(slot)
    }

    func count() {
        guard let memory else { return }
        let bytes = memoryBytes
        memory.add(bytes - countedBytes)
        countedBytes = bytes
    }

    func freeDying() {
        for slot in dying {
            let word = word(slot)
            // It may have been revived since, or freed as a change.
            if word & (EntryWord.used | EntryWord.removed | EntryWord.changed) == EntryWord.used
                | EntryWord.removed
            {
                free(slot)
            }
        }
        dying.removeAll(keepingCapacity: dying.count < 4096)
    }

    /// Frees dead entries among the next slots: twice as many slots as there were insertions since the last
    /// time, so that a store that takes and retires entries for ever stays in proportion to what is alive.
    private func sweep() {
        guard retiredWatermark != .min else { return }
        sweep(slots: min(arena.slotCount, insertedSinceSweep * 2 + 64))
        insertedSinceSweep = 0
    }

    /// Frees dead entries among the next slots.
    func sweep(slots count: Int) {
        let bound = EntryWord.bound(retiredWatermark)
        var left = count
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.sweepBlock) { dead in
            while left > 0 {
                if sweepHand >= arena.slotCount { sweepHand = 0 }
                let end = min(arena.slotCount, sweepHand + min(left, Self.sweepBlock))
                var deadCount = 0
                for slot in UInt32(sweepHand)..<UInt32(end) {
                    let word = word(slot)
                    dead[deadCount] = slot
                    // Changed ones are looked at when the epoch ends.
                    let isDead =
                        word <= bound && word & (EntryWord.used | EntryWord.changed) == EntryWord.used
                    deadCount &+= isDead ? 1 : 0
                }
                // As in look-ups: first all reads that may be slow, so that they overlap.
                var touched: UInt8 = 0
                for position in 0..<deadCount {
                    touched |= index.approach(SlotIndex.hash(key(of: dead[position])))
                }
                sweepTrace = touched
                for position in 0..<deadCount { free(dead[position]) }
                left -= end - sweepHand
                sweepHand = end
            }
        }
    }

    /// Slots that are looked at together.
    private static let sweepBlock = 256

    /// Gives memory back once it is clear that it will not be filled again soon.
    private func shrinkIfSparse() {
        guard arena.slotCount >= 1024, arena.usedCount < arena.slotCount / 4 else {
            sparseRounds = 0
            return
        }
        sparseRounds += 1
        if sparseRounds >= 64 || countsUse { compact() }
    }

    /// Moves entries from the end into free slots and gives the end's memory back.
    func compact() {
        let count = arena.usedCount
        let slotCount = arena.slotCount
        let rebuilds = count < slotCount / 2
        var hole = 0
        var slot = slotCount
        while true {
            while hole < count, word(UInt32(hole)) & EntryWord.used != 0 { hole += 1 }
            guard hole < count else { break }
            slot -= 1
            while word(UInt32(slot)) & EntryWord.used == 0 { slot -= 1 }
            let (from, to) = (UInt32(slot), UInt32(hole))
            if !rebuilds { index.replace(SlotIndex.hash(key(of: from)), from, with: to) }
            entry(to).copyMemory(from: entry(from), byteCount: stride)
            // The old place says where the entry went, until its memory is given back.
            setWord(0, from)
            entry(from).storeBytes(of: to, as: UInt32.self)
        }
        let bound = UInt32(count)
        changes.update { .slot($0 < bound ? $0 : entry($0).load(as: UInt32.self)) }
        for position in expired.position..<expired.items.count {
            let slot = expired.items[position].slot
            if slot >= bound, slot != KeyedStateStore.none {
                expired.items[position].slot = entry(slot).load(as: UInt32.self)
            }
        }
        arena.shrink(to: count)
        if rebuilds { rebuildIndex() }
        rebuildQueue()
        sweepHand = 0
        sparseRounds = 0
    }

    private func rebuildIndex() {
        index.deallocate()
        index = SlotIndex()
        for slot in 0..<UInt32(arena.slotCount) {
            index.insert(SlotIndex.hash(key(of: slot)), slot, in: arena)
        }
    }

    private func rebuildQueue() {
        guard layout.tracksExpiryOrder else { return }
        queue.removeAll()
        for slot in 0..<UInt32(arena.slotCount) {
            let expiry = expiry(of: slot)
            if expiry != .max { queue.add(expiry, slot) }
        }
    }
}
