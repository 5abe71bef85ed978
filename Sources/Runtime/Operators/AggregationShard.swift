import Columnar
import Expressions
import Planning
import State

/// The groups of one shard: their state, and which of them changed.
///
/// Used by one thread at a time. Slots of the store stay valid while an epoch lasts: the store is maintained
/// only in `endEpoch`, when the changes were taken.
final class AggregationShard: @unchecked Sendable {
    let plan: AggregationPlan
    let output: Relation
    let layout: GroupLayout
    let store: KeyedStateStore
    /// For each aggregate that counts distinct values, the values seen.
    let distinctStores: [KeyedStateStore?]
    /// Which sessions each group has; only with session windows.
    let sessions: KeyedStateStore?
    private var codec: KeyCodec
    let functions: [any AggregateFunction]
    let behind: CompiledExpressions
    let context = EvaluationContext()
    /// Whether somebody downstream asks for the values before a change.
    let capturesOld: Bool
    /// With `emit.per.record`: a session that another record joins is deleted and made anew, as ksqlDB has
    /// it.
    let emitsPerRecord: Bool
    /// Groups of a table go when their last row leaves them; ksqlDB keeps them.
    let dropsEmptyGroups: Bool

    /// Groups touched since the changes were last taken, in the order of their first touch.
    var touched: [UInt32] = []
    /// Old results of touched groups, in the same order, piece by piece.
    var oldResults: [[Column]] = []
    /// Rows of sessions that were merged into others: they must go downstream.
    var tombstones = SessionTombstones()
    /// Windows that closed, with EMIT FINAL.
    var closed: [ChangeBatch] = []
    var mark: Int64
    var late = 0
    var scratch = StateScratch()
    var distinctScratch = StateScratch()
    var pointers = StateScratch()

    init(
        plan: AggregationPlan, output: Relation, layout: GroupLayout, store: KeyedStateStore,
        distinctStores: [KeyedStateStore?], sessions: KeyedStateStore?, capturesOld: Bool,
        emitsPerRecord: Bool, isOverTable: Bool, mark: Int64
    ) {
        self.plan = plan
        self.output = output
        functions = plan.stateFunctions
        self.layout = layout
        self.store = store
        self.distinctStores = distinctStores
        self.sessions = sessions
        self.capturesOld = capturesOld
        self.emitsPerRecord = emitsPerRecord
        dropsEmptyGroups = isOverTable && !emitsPerRecord
        self.mark = mark
        codec = KeyCodec(types: plan.groupBy.map(\.type))
        behind = CompiledExpressions((plan.having.map { [$0] } ?? []) + plan.projection, salt: 3)
    }

    // MARK: Folding

    func fold(_ rows: GroupedRows, shard: Int) throws(StateError) {
        let range = rows.rows.range(of: shard)
        guard !range.isEmpty else { return }
        if let lifetime = plan.rowLifetime { return try foldMortal(rows, range, lifetime) }
        switch plan.window?.kind {
        case nil: try foldGroups(rows, range)
        case .tumbling(let size): try foldWindows(rows, range, size: size, advance: size)
        case .hopping(let size, let advance): try foldWindows(rows, range, size: size, advance: advance)
        case .session(let gap): try foldSessions(rows, range, gap: gap)
        }
    }

    private func foldGroups(_ rows: GroupedRows, _ range: Range<Int>) throws(StateError) {
        let count = range.count
        scratch.reserve(count)
        for index in 0..<count {
            scratch.rows[index] = rows.rows.rows[range.lowerBound + index]
            scratch.fingerprints[index] = rows.rows.fingerprints[range.lowerBound + index]
            scratch.starts[index] = 0
        }
        try foldPrepared(rows, count, size: 0)
    }

    /// Puts each row into the windows that contain it and are not closed yet.
    private func foldWindows(
        _ rows: GroupedRows, _ range: Range<Int>, size: Int64, advance: Int64
    ) throws(StateError) {
        let perRow = Int((size + advance - 1) / advance)
        scratch.reserve(range.count * perRow)
        let grace = plan.window?.grace ?? 0
        let batch = rows.rows.batch
        let times = batch.eventTimes.int64s
        var count = 0
        for index in range {
            let row = rows.rows.rows[index]
            let time = times[Int(row)]
            let watermark = batch.watermark(at: Int(row))
            // As Kafka's windows: none starts before the epoch of time, unless the record itself lies there.
            let lowest = time >= 0 ? max(0, time - size + advance) : time - size + advance
            var start = Civil.floorDivide(lowest, advance) * advance
            while start <= time {
                if start &+ size &+ grace <= watermark {
                    late += 1
                } else {
                    scratch.rows[count] = row
                    scratch.starts[count] = start
                    scratch.fingerprints[count] = rows.rows.fingerprints[index].combined(with: start)
                    count += 1
                }
                start += advance
            }
        }
        try foldPrepared(rows, count, size: size)
    }

    /// Folds `count` rows whose groups stand in `scratch`.
    private func foldPrepared(_ rows: GroupedRows, _ count: Int, size: Int64) throws(StateError) {
        guard count > 0 else { return }
        try store.findOrInsert(scratch.fingerprints, count: count, slots: scratch.slots, isNew: scratch.isNew)
        let grace = plan.window?.grace ?? 0
        let keys = rows.keys
        for index in 0..<count where scratch.isNew[index] != 0 {
            let state = store.payload(of: scratch.slots[index])
            state.set(GroupLayout.eventTime, .min)
            state.set(GroupLayout.windowStart, scratch.starts[index])
            setKey(of: state, keys, row: Int(scratch.rows[index]))
            if plan.window != nil {
                store.setExpiry(scratch.starts[index] &+ size &+ grace, of: scratch.slots[index])
            }
        }
        touch(count, batch: rows.rows.batch)
        try update(rows, count)
    }

    func setKey(of state: UnsafeMutableRawPointer, _ keys: [Column], row: Int) {
        codec.encode(keys, row: row) { bytes in
            GroupLayout.setKey(of: state, bytes, store.blobs)
        }
    }

    /// Notes that the groups in `scratch.slots` change, and captures what they were before.
    func touch(_ count: Int, batch: RowBatch) {
        let before = touched.count
        for index in 0..<count {
            let slot = scratch.slots[index]
            scratch.states[index] = store.payload(of: slot)
            note(slot)
        }
        if capturesOld && touched.count > before { oldResults.append(results(touched[before...])) }
        let times = batch.eventTimes.int64s
        for index in 0..<count {
            let row = Int(scratch.rows[index])
            stamp(scratch.states[index], sequence: batch.sequence(of: row), time: times[row])
        }
    }

    /// Notes that groups are about to change, and captures what they were before.
    func note(_ slots: [UInt32]) {
        let before = touched.count
        for slot in slots { note(slot) }
        if capturesOld && touched.count > before { oldResults.append(results(touched[before...])) }
    }

    @inline(__always)
    private func note(_ slot: UInt32) {
        let state = store.payload(of: slot)
        let last = state.field(GroupLayout.mark)
        guard last >> 1 != mark else { return }
        state.set(GroupLayout.mark, mark << 1 | last & 1)
        touched.append(slot)
        store.markChanged(slot)
    }

    @inline(__always)
    func stamp(_ state: UnsafeMutableRawPointer, sequence: Int64, time: Int64) {
        state.set(GroupLayout.sequence, sequence)
        state.set(GroupLayout.eventTime, max(state.field(GroupLayout.eventTime), time))
    }

    /// Folds row `scratch.rows[i]` into the state `scratch.states[i]`, for all aggregates.
    func update(_ rows: GroupedRows, _ count: Int) throws(StateError) {
        pointers.reserve(count)
        for (aggregate, function) in functions.enumerated() {
            let offset = layout.stateOffsets[aggregate]
            let arguments = rows.arguments(of: aggregate)
            if let set = layout.setOffsets[aggregate], let values = rows.distinctValues[aggregate] {
                addDistinct(arguments, values, count, set: set, count: offset)
            } else if let distinct = distinctStores[aggregate], let values = rows.distinctValues[aggregate] {
                let fresh = try firstSeen(arguments, values, distinct, count, offset)
                function.update(
                    arguments, rows: distinctScratch.rows, states: distinctScratch.states, count: fresh,
                    blobs: store.blobs)
            } else {
                for index in 0..<count { pointers.states[index] = scratch.states[index] + offset }
                function.update(
                    arguments, rows: scratch.rows, states: pointers.states, count: count, blobs: store.blobs)
            }
        }
    }

    /// Leaves in `distinctScratch` the rows whose value their group sees for the first time; returns how
    /// many.
    private func firstSeen(
        _ arguments: [Column], _ values: Buffer, _ distinct: KeyedStateStore, _ count: Int, _ offset: Int
    ) throws(StateError) -> Int {
        distinctScratch.reserve(count)
        let hashes = values.pointer.assumingMemoryBound(to: Fingerprint.self)
        for index in 0..<count {
            distinctScratch.fingerprints[index] = scratch.fingerprints[index]
                .combined(with: hashes[Int(scratch.rows[index])])
        }
        try distinct.findOrInsert(
            distinctScratch.fingerprints, count: count, slots: distinctScratch.slots,
            isNew: distinctScratch.isNew)
        var fresh = 0
        for index in 0..<count where distinctScratch.isNew[index] != 0 {
            let slot = distinctScratch.slots[index]
            distinct.setExpiry(store.expiry(of: scratch.slots[index]), of: slot)
            distinctScratch.rows[fresh] = scratch.rows[index]
            distinctScratch.states[fresh] = scratch.states[index] + offset
            fresh += 1
        }
        return fresh
    }

    /// Adds values to the sets of their sessions; the function's state is how many there are.
    private func addDistinct(_ arguments: [Column], _ values: Buffer, _ rows: Int, set: Int, count: Int) {
        let hashes = values.pointer.assumingMemoryBound(to: Fingerprint.self)
        for index in 0..<rows {
            let row = Int(scratch.rows[index])
            guard arguments.allSatisfy({ $0.isValid(row) }) else { continue }
            let held = FingerprintSet(blobs: store.blobs, reference: scratch.states[index] + set)
            if held.insert(hashes[row]) { scratch.states[index].set(count, Int64(held.count)) }
        }
    }

    /// One row at a time, for sessions.
    func foldOne(_ rows: GroupedRows, row: Int32, slot: UInt32, fingerprint: Fingerprint) throws(StateError) {
        scratch.reserve(1)
        scratch.rows[0] = row
        scratch.slots[0] = slot
        scratch.fingerprints[0] = fingerprint
        touch(1, batch: rows.rows.batch)
        try update(rows, 1)
    }

    func merge(_ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer) {
        for (aggregate, function) in functions.enumerated() {
            let offset = layout.stateOffsets[aggregate]
            guard let set = layout.setOffsets[aggregate] else {
                function.merge(source + offset, into: target + offset, blobs: store.blobs)
                continue
            }
            let held = FingerprintSet(blobs: store.blobs, reference: target + set)
            held.formUnion(FingerprintSet(blobs: store.blobs, reference: source + set))
            target.set(offset, Int64(held.count))
        }
    }

    func countLate() { late += 1 }

    /// Takes a session that is gone out of what changed. Sessions are touched one at a time, so each has a
    /// piece of old results of its own.
    func forget(_ slot: UInt32) {
        guard let index = touched.firstIndex(of: slot) else { return }
        touched.remove(at: index)
        if capturesOld { oldResults.remove(at: index) }
    }

    func endEpoch() throws(StateError) {
        try store.maintain()
        try sessions?.maintain()
    }
}
