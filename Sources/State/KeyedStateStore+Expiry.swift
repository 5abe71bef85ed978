import Columnar

extension KeyedStateStore {
    /// The watermark at which `takeExpired` may have something to hand out, and not before; nil when it has
    /// nothing to wait for. It may lie too early, until `takeExpired` is asked.
    public var earliestExpiry: Int64? {
        precondition(layout.tracksExpiryOrder, "the store does not keep the order of expiry")
        var earliest = queue.earliest
        if let disk, disk.isPartial {
            for section in disk.sections where section.info.timerBlockCount > 0 && section.nextTimer < .max {
                earliest = min(earliest ?? .max, section.nextTimer)
            }
        }
        return earliest
    }

    /// Hands out the live entries with an expiry of up to `watermark`, ordered by expiry and then by key.
    ///
    /// Call it until it returns 0; then all these entries are dead. The slots of one call can be read until
    /// the next call to the store. Needs `layout.tracksExpiryOrder`.
    /// - Parameters:
    ///   - slots: room for `capacity` slots.
    /// - Returns: how many slots were written; 0 when there are no more.
    public func takeExpired(
        upTo watermark: Int64, into slots: UnsafeMutablePointer<UInt32>, capacity: Int
    ) throws(StateError) -> Int {
        precondition(layout.tracksExpiryOrder, "the store does not keep the order of expiry")
        precondition(capacity > 0, "there is room for a slot")
        // What came from disk for the last call alone would fill the memory if much expires at once.
        if disk?.isPartial == true { freeDying() }
        var count = 0
        while count == 0 {
            if expired.isExhausted {
                // What was begun at a lower watermark is finished first.
                retire(upTo: expired.watermark)
                expired = ExpiredEntries()
                let watermark = min(watermark, .max - 1)
                guard watermark > retiredWatermark else { return 0 }
                try collectExpired(upTo: watermark)
            }
            while count < capacity, !expired.isExhausted {
                let item = expired.items[expired.position]
                expired.position += 1
                let slot = item.slot == KeyedStateStore.none ? try fetch(item.key) : item.slot
                // A timer on disk may be that of an older version, which has been given another time or is
                // gone.
                guard slot != KeyedStateStore.none, word(slot) & EntryWord.removed == 0,
                    expiry(of: slot) == item.expiry
                else { continue }
                take(slot)
                slots[count] = slot
                count += 1
            }
        }
        return count
    }

    /// Removes an entry that the watermark is about to kill on disk too, so that nothing need be written of
    /// it.
    private func take(_ slot: UInt32) {
        let word = word(slot)
        setWord(word | EntryWord.removed, slot)
        if word & EntryWord.changed == 0 { dying.append(slot) }
    }

    private func collectExpired(upTo watermark: Int64) throws(StateError) {
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
        if let disk, disk.isPartial {
            var timers: [Timer] = []
            for section in disk.sections {
                try section.collectTimers(
                    after: retiredWatermark, upTo: watermark, disk.reader, into: &timers)
            }
            for timer in timers where index.find(SlotIndex.hash(timer.key), timer.key, in: arena) == .max {
                expired.items.append(.init(expiry: timer.expiry, key: timer.key, slot: KeyedStateStore.none))
            }
        }
        expired.items.sort(by: ExpiredEntries.Item.isBefore)
        removeRepeated()
    }

    /// An entry whose expiry was moved to and fro is queued more than once, and one may have timers in many
    /// sections.
    private func removeRepeated() {
        var kept = 0
        for position in expired.items.indices {
            let item = expired.items[position]
            let last = kept > 0 ? expired.items[kept - 1] : nil
            if let last, last.key == item.key, last.expiry == item.expiry { continue }
            expired.items[kept] = item
            kept += 1
        }
        expired.items.removeLast(expired.items.count - kept)
    }
}
