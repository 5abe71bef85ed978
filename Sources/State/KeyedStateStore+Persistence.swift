import Columnar

/// What of an entry is written.
private enum RecordKind {
    case whole
    /// A tombstone.
    case bare
    case nothing
}

extension KeyedStateStore {
    var recordFormat: RecordFormat { RecordFormat(layout) }

    /// Ends the epoch: what it changed, in a section; nil if nothing has to be written.
    ///
    /// The section is in order only if single records will be looked for in it, which is while the store is
    /// not whole in memory. Sorting and indexing would take most of the time.
    func endEpochForDisk() -> SectionDraft? {
        precondition(expired.isExhausted, "takeExpired is called until it returns 0 before the epoch ends")
        guard let disk else { return nil }
        guard disk.isPartial else { return endEpochInOnePass(disk) }
        let draft = orderedChanges(disk)
        endEpoch(isStored: true)
        return draft
    }

    private func endEpochInOnePass(_ disk: StoreDisk) -> SectionDraft? {
        let bound = EntryWord.bound(retiredWatermark)
        let section = ChangeSection(store: disk.number, count: changes.count, recordFormat)
        endEpoch(isStored: true) { slot, word in
            guard word & EntryWord.dirty != 0 else { return }
            switch recordKind(word, bound, staysListed: false) {
            case .whole: section.add(entry(slot), word: word, withPayload: true, blobs)
            case .bare: section.add(entry(slot), word: word | EntryWord.removed, withPayload: false, blobs)
            case .nothing: break
            }
        }
        return section.finish()
    }

    private func orderedChanges(_ disk: StoreDisk) -> SectionDraft? {
        let bound = EntryWord.bound(retiredWatermark)
        var order = KeyOrder()
        changes.forEachSlot { slot in
            let word = word(slot)
            if word & EntryWord.dirty != 0, recordKind(word, bound, staysListed: false) != .nothing {
                order.append(key(of: slot), Int(slot))
            }
        }
        guard order.count > 0 else { return nil }
        let bytes = ByteBuffer(capacity: 16 << 10)
        let builder = SectionBuilder(
            bytes, store: disk.number, count: order.count, tracksExpiry: layout.tracksExpiryOrder)
        do throws(StateError) {
            try add(&order, to: builder, isEvicted: false)
            return SectionDraft(info: try builder.finish(), bytes: bytes, index: builder.sectionIndex)
        } catch {
            preconditionFailure("a section is put together in memory: \(error)")
        }
    }

    /// Fills memory from sections, oldest first, up to about `limitBytes`.
    func load(
        _ sections: [Section], retired watermark: Int64, limitBytes: Int, _ disk: StoreDisk
    ) throws(StateError) {
        retire(upTo: watermark)
        disk.sections = sections
        disk.dropDeadSections(watermark)
        let bound = EntryWord.bound(watermark)
        let format = recordFormat
        var cursors: [any SectionCursor] = []
        for section in disk.sections { cursors.append(try section.info.records(in: section.file, format)) }
        var merge = MergeCursor(cursors)
        var left = 0
        while let record = try merge.next() {
            if record.isDead(bound) { continue }
            if left == 0 {
                if memoryBytes > limitBytes {
                    let last = disk.sections.reduce(Int64.min) { max($0, $1.info.lastExpiry) }
                    try becomePartial(disk, absentUntil: last)
                    break
                }
                left = 256
            }
            left -= 1
            restore(record, format)
        }
        count()
    }

    private func restore(_ record: Record, _ format: RecordFormat) {
        let key = record.key
        let slot = insert(key, SlotIndex.hash(key))
        format.read(record.pointer, to: payload(of: slot), blobs)
        let word = record.word
        setWord(word & ~EntryWord.flags | EntryWord.used | EntryWord.stored | word & EntryWord.masks, slot)
        let expiry = EntryWord.expiry(word)
        if layout.tracksExpiryOrder, expiry != .max { queue.add(expiry, slot) }
    }

    private func recordKind(_ word: Int64, _ bound: Int64, staysListed: Bool) -> RecordKind {
        let isRemoved = word & EntryWord.removed != 0
        if !isRemoved && word > bound { return .whole }
        // Somebody will read what it was.
        if staysListed && word & EntryWord.listed != 0 { return .whole }
        if word <= bound { return word & EntryWord.masks != 0 ? .bare : .nothing }
        return word & EntryWord.stored != 0 ? .bare : .nothing
    }

    /// Writes entries that leave memory.
    private func write(_ order: inout KeyOrder, _ disk: StoreDisk) throws(StateError) -> Section {
        let (file, info) = try disk.open.appendSection(
            store: disk.number, count: order.count, tracksExpiry: layout.tracksExpiryOrder
        ) { builder throws(StateError) in
            try add(&order, to: builder, isEvicted: true)
        }
        return Section(file, info, recordFormat, isOfOpenEpoch: true)
    }

    private func add(
        _ order: inout KeyOrder, to builder: SectionBuilder, isEvicted: Bool
    ) throws(StateError) {
        let bound = EntryWord.bound(retiredWatermark)
        let format = recordFormat
        let buffer = ByteBuffer(capacity: 256)
        order.sort { key(of: UInt32($0)).low }
        for position in order.positions {
            let slot = UInt32(position)
            var word = word(slot)
            let kind = recordKind(word, bound, staysListed: isEvicted && layout.reportsChanges)
            guard kind != .nothing else { continue }
            if kind == .bare { word |= EntryWord.removed }
            buffer.removeAll()
            format.append(entry(slot), word: word, withPayload: kind == .whole, blobs, to: buffer)
            try builder.add(buffer.pointer, buffer.count)
        }
    }
}

/// Making room.
extension KeyedStateStore {
    /// Below this a store gives nothing up.
    static let floorBytes = 16 << 10

    /// Brings the store's part of the memory back to its part of the budget.
    func relieve() throws(StateError) {
        guard let memory, let disk, memory.usedBytes > memory.budgetBytes else { return }
        // With some slack, so that not every round moves a little.
        let target = memory.budgetBytes / 8 * 7
        let share = Int(Double(countedBytes) * Double(target) / Double(memory.usedBytes))
        guard countedBytes > max(share, KeyedStateStore.floorBytes), arena.usedCount > 0 else { return }
        // The dead go first.
        sweep(slots: arena.slotCount)
        let free = arena.freeCount * stride
        if countedBytes - free > share, arena.usedCount > 0 {
            try evict(bytes: countedBytes - free - share, disk)
        } else {
            compact()
        }
        count()
    }

    /// Moves entries out of memory that take about so many bytes, those last that were used since the last
    /// time.
    private func evict(bytes: Int, _ disk: StoreDisk) throws(StateError) {
        // Before anything newer is written.
        try orderSections(disk)
        let perEntry = stride + 9 + blobs.allocatedBytes / arena.usedCount
        var wanted = min(arena.usedCount, bytes / perEntry + 1)
        // Twice around among what is on disk already: the first time around spares what was used.
        for _ in 0..<2 where wanted > 0 { choose(&wanted, disk, EntryWord.dirty | EntryWord.referenced) }
        for _ in 0..<2 where wanted > 0 { choose(&wanted, disk, EntryWord.referenced) }
        let bound = EntryWord.bound(retiredWatermark)
        var order = KeyOrder()
        var lastExpiry = Int64.min
        for slot in 0..<UInt32(arena.slotCount) {
            let word = word(slot)
            guard word & EntryWord.leaving != 0 else { continue }
            if word & EntryWord.removed == 0 { lastExpiry = max(lastExpiry, EntryWord.expiry(word)) }
            guard word & EntryWord.dirty != 0 else { continue }
            if recordKind(word, bound, staysListed: layout.reportsChanges) != .nothing {
                order.append(key(of: slot), Int(slot))
            }
        }
        do throws(StateError) {
            if order.count > 0 {
                let section = try write(&order, disk)
                disk.sections.append(section)
            }
            try becomePartial(disk, absentUntil: lastExpiry)
        } catch {
            for slot in 0..<UInt32(arena.slotCount) { setWord(word(slot) & ~EntryWord.leaving, slot) }
            throw error
        }
        leave()
    }

    private func becomePartial(_ disk: StoreDisk, absentUntil expiry: Int64) throws(StateError) {
        try orderSections(disk)
        try disk.becomePartial(absentUntil: expiry)
    }

    /// Puts sections in order that are not, with all that are newer, so that single records can be found.
    private func orderSections(_ disk: StoreDisk) throws(StateError) {
        guard let first = disk.sections.firstIndex(where: { !$0.info.isOrdered }) else { return }
        let merge = SectionMerge(
            store: disk.number, format: recordFormat, tracksExpiry: layout.tracksExpiryOrder,
            retiredWatermark: retiredWatermark, isBottom: first == 0,
            sections: disk.sections[first...].map { SectionMerge.Input(file: $0.file, info: $0.info) })
        let (file, info) = try disk.open.appendSection(
            store: disk.number, count: merge.count, tracksExpiry: layout.tracksExpiryOrder
        ) { builder throws(StateError) in
            try merge.run(builder)
        }
        disk.sections.replaceSubrange(first..., with: [Section(file, info, recordFormat)])
    }

    /// Marks entries that have none of the flags in `spared`, from the hand on, and takes the mark of use
    /// from others.
    private func choose(_ wanted: inout Int, _ disk: StoreDisk, _ spared: Int64) {
        for _ in 0..<arena.slotCount where wanted > 0 {
            if disk.hand >= arena.slotCount { disk.hand = 0 }
            let slot = UInt32(disk.hand)
            disk.hand += 1
            let word = word(slot)
            if word & (EntryWord.used | EntryWord.leaving) != EntryWord.used { continue }
            if word & spared == 0 {
                setWord(word | EntryWord.leaving, slot)
                wanted -= 1
            } else {
                setWord(word & ~EntryWord.referenced, slot)
            }
        }
    }

    private func leave() {
        let reports = layout.reportsChanges
        changes.update { slot in
            guard word(slot) & EntryWord.leaving != 0 else { return .slot(slot) }
            return reports ? .key(key(of: slot)) : nil
        }
        for position in expired.position..<expired.items.count {
            let slot = expired.items[position].slot
            if slot != KeyedStateStore.none, word(slot) & EntryWord.leaving != 0 {
                expired.items[position].slot = KeyedStateStore.none
            }
        }
        for slot in 0..<UInt32(arena.slotCount) where word(slot) & EntryWord.leaving != 0 { free(slot) }
        compact()
    }
}
