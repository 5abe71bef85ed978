import Columnar

extension KeyedStateStore {
    /// Hands out the live entries with an expiry of up to `watermark`, ordered by expiry and then by key.
    ///
    /// Call it until it returns 0; then all these entries are dead. The slots of one call can be read until the next
    /// call to the store. Needs `layout.tracksExpiryOrder`.
    /// - Parameters:
    ///   - slots: room for `capacity` slots.
    /// - Returns: how many slots were written; 0 when there are no more.
    public func takeExpired(
        upTo watermark: Int64, into slots: UnsafeMutablePointer<UInt32>, capacity: Int
    ) throws(StateError) -> Int {
        precondition(layout.tracksExpiryOrder, "the store does not keep the order of expiry")
        precondition(capacity > 0, "there is room for a slot")
        var count = 0
        while count == 0 {
            if expired.isExhausted {
                // What was begun at a lower watermark is finished first.
                if expired.watermark > retiredWatermark { retire(upTo: expired.watermark) }
                guard watermark > retiredWatermark else { return 0 }
                collectExpired(upTo: watermark)
                if expired.isExhausted { retire(upTo: watermark) }
            }
            while count < capacity, !expired.isExhausted {
                let item = expired.items[expired.position]
                expired.position += 1
                take(item.slot)
                slots[count] = item.slot
                count += 1
            }
        }
        return count
    }

    /// Removes an entry that the watermark is about to kill on disk too, so that nothing need be written of it.
    private func take(_ slot: UInt32) {
        let word = word(slot)
        setWord(word | EntryWord.removed, slot)
        if word & EntryWord.changed == 0 { dying.append(slot) }
    }

    private func collectExpired(upTo watermark: Int64) {
        expired = ExpiredEntries()
        expired.watermark = watermark
        let bound = EntryWord.bound(watermark)
        let dead = EntryWord.bound(retiredWatermark)
        for record in queue.take(upTo: watermark) {
            let word = word(record.slot)
            guard word & (EntryWord.used | EntryWord.removed) == EntryWord.used else { continue }
            let expiry = EntryWord.expiry(word)
            if word > bound {
                // Its time has been moved on since it was queued.
                if expiry != .max { queue.add(expiry, record.slot) }
            } else if word > dead {
                expired.items.append(.init(expiry: expiry, key: key(of: record.slot), slot: record.slot))
            }
        }
        expired.items.sort(by: ExpiredEntries.Item.isBefore)
        removeRepeated()
    }

    /// An entry whose expiry was moved to and fro is queued more than once.
    private func removeRepeated() {
        var kept = 0
        for position in expired.items.indices {
            let item = expired.items[position]
            if kept > 0, expired.items[kept - 1].key == item.key { continue }
            expired.items[kept] = item
            kept += 1
        }
        expired.items.removeLast(expired.items.count - kept)
    }
}
