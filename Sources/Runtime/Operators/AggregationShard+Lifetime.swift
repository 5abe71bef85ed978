import Columnar
import Expressions
import State

// Groups that go when they got no row for some time: `row_ttl`.
extension AggregationShard {
    /// Folds rows into groups that live for `lifetime` behind the latest of their rows.
    ///
    /// Whether a group is still there is told by the watermark at the row's own place, so batches and epochs
    /// change nothing. A row that would be dead from the start makes no group: it is late.
    func foldMortal(_ rows: GroupedRows, _ range: Range<Int>, _ lifetime: Int64) throws(StateError) {
        let batch = rows.rows.batch
        let times = batch.eventTimes.int64s
        let keys = rows.keys
        scratch.reserve(range.count)
        try store.findOrInsert(
            rows.rows.fingerprints + range.lowerBound, count: range.count, slots: scratch.slots,
            isNew: scratch.isNew)
        // Rows that wait to be folded stand at the front of `scratch`, which the loop has passed already.
        var waiting = 0
        for (index, place) in range.enumerated() {
            let row = rows.rows.rows[place]
            let watermark = max(batch.watermark(at: Int(row)), store.retiredWatermark)
            let death = times[Int(row)] &+ lifetime
            var slot = scratch.slots[index]
            var isNew = scratch.isNew[index] != 0
            if !isNew, !store.isDead(slot), store.expiry(of: slot) <= watermark {
                // It has died among the rows of this batch: what they have made of it goes downstream first.
                try foldWaiting(rows, &waiting)
                expire([slot])
                store.remove(slot)
            }
            if !isNew, store.isDead(slot) {
                var key = rows.rows.fingerprints[place]
                var flag: UInt8 = 0
                try store.findOrInsert(&key, count: 1, slots: &slot, isNew: &flag)
                isNew = flag != 0
            }
            if isNew {
                guard death > watermark else {
                    countLate()
                    store.remove(slot)
                    continue
                }
                let state = store.payload(of: slot)
                state.set(GroupLayout.eventTime, .min)
                setKey(of: state, keys, row: Int(row))
                store.setExpiry(death, of: slot)
            } else if death > store.expiry(of: slot) {
                store.setExpiry(death, of: slot)
            }
            scratch.slots[waiting] = slot
            scratch.rows[waiting] = row
            waiting += 1
        }
        try foldWaiting(rows, &waiting)
    }

    private func foldWaiting(_ rows: GroupedRows, _ count: inout Int) throws(StateError) {
        guard count > 0 else { return }
        touch(count, batch: rows.rows.batch)
        try update(rows, count)
        count = 0
    }

    /// Takes the groups away whose time is over.
    func expire(upTo watermark: Int64) throws(StateError) {
        guard let next = store.earliestExpiry, next <= watermark else {
            return store.retire(upTo: watermark)
        }
        while true {
            scratch.reserve(Self.closingCount)
            // What was made of them goes downstream before they do.
            collectTouched()
            let count = try store.takeExpired(
                upTo: watermark, into: scratch.slots, capacity: Self.closingCount)
            if count == 0 { return }
            expire(Array(UnsafeBufferPointer(start: scratch.slots, count: count)))
        }
    }

    /// Gives deletions of groups.
    private func expire(_ slots: [UInt32]) {
        collectTouched()
        let (columns, _) = rows(results(slots), slots.count)
        let was = Bitmap(repeating: false, count: slots.count)
        var sequences: [Int64] = []
        var visible: [Int32] = []
        for (index, slot) in slots.enumerated() {
            let state = store.payload(of: slot)
            sequences.append(state.field(GroupLayout.sequence))
            guard GroupLayout.isEmitted(state) else { continue }
            was.set(index)
            visible.append(Int32(index))
        }
        guard !visible.isEmpty else { return }
        let batch = ChangeBatch(
            relation: output, count: slots.count, new: columns,
            newPresence: Bitmap(repeating: false, count: slots.count), old: capturesOld ? columns : nil,
            oldPresence: was, sequences: .bigints(sequences))
        closed.append(visible.count == slots.count ? batch : batch.gather(Selection(visible)))
    }

    /// Puts what changed so far among what is to go downstream.
    private func collectTouched() {
        guard !touched.isEmpty else { return }
        if let part = changes(touched, oldResults) { closed.append(part) }
        touched.removeAll(keepingCapacity: true)
        oldResults.removeAll()
        mark += 1
    }
}
