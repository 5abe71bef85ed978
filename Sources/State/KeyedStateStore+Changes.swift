import Columnar

extension KeyedStateStore {
    /// Entries changed since the last `endEpoch`.
    public var changeCount: Int { changes.count }

    /// Writes the slots of changed entries, in the order of their first change; dead ones (`isDead`) are
    /// among them.
    ///
    /// Needs `layout.reportsChanges`. A slot is valid until `maintain`; between calls that may be called.
    /// - Parameters:
    ///   - first: the number of the first change to write, from 0.
    ///   - slots: room for `capacity` slots.
    /// - Returns: how many slots were written; 0 behind the last change.
    public func copyChanges(
        from first: Int, into slots: UnsafeMutablePointer<UInt32>, capacity: Int
    ) throws(StateError) -> Int {
        precondition(layout.reportsChanges, "the store does not report changes")
        let count = max(0, min(capacity, changes.count - first))
        for position in 0..<count {
            switch changes[first + position] {
            case .slot(let slot): slots[position] = slot
            case .key(let key):
                slots[position] = try fetch(key)
                precondition(
                    slots[position] != KeyedStateStore.none, "what left memory as changed is on disk")
            }
        }
        return count
    }

    /// Forgets the changes: what comes next belongs to the next epoch. Dead entries that were changed lose
    /// their slot.
    ///
    /// Only for a store by itself; with persistent state, `StateCheckpoint.write` ends the epoch.
    public func endEpoch() {
        precondition(disk == nil, "the epoch of a persistent store ends when it is written")
        endEpoch(isStored: false)
    }

    /// - Parameter body: is called with each changed slot and its word before that is known as unchanged.
    func endEpoch(isStored: Bool, _ body: (UInt32, Int64) -> Void = { _, _ in }) {
        let bound = EntryWord.bound(retiredWatermark)
        changes.forEachSlot { slot in
            let word = word(slot)
            guard word & EntryWord.used != 0, word & EntryWord.changed != 0 else { return }
            body(slot, word)
            if word & EntryWord.removed != 0 || word <= bound {
                free(slot)
            } else {
                setWord(word & ~EntryWord.changed | (isStored ? EntryWord.stored : 0), slot)
            }
        }
        changes.removeAll()
    }
}
