import Columnar
import Expressions
import Planning
import State

// What changed in a shard's groups, as rows for whoever comes next.
extension AggregationShard {
    /// Forgets windows that are closed; with EMIT FINAL collects them first. Returns the late rows since the
    /// last call.
    func endRound(watermark: Int64) throws(StateError) -> Int {
        defer { late = 0 }
        guard watermark > .min else { return late }
        if isFinal {
            try collectClosed(watermark)
        } else if plan.rowLifetime != nil {
            try expire(upTo: watermark)
        } else {
            store.retire(upTo: watermark)
        }
        sessions?.retire(upTo: watermark)
        for distinct in distinctStores {
            distinct?.retire(upTo: watermark)
            try distinct?.maintain()
        }
        return late
    }

    private var isSession: Bool { sessions != nil }

    /// Milliseconds; 0 without windows of one size.
    private var windowSize: Int64 {
        switch plan.window?.kind {
        case .tumbling(let size), .hopping(let size, _): return size
        case .session, nil: return 0
        }
    }

    private var isFinal: Bool { plan.emission == .final }

    /// Groups that are handed out by the store together.
    static let closingCount = 4096

    private func collectClosed(_ watermark: Int64) throws(StateError) {
        while true {
            scratch.reserve(Self.closingCount)
            let count = try store.takeExpired(
                upTo: watermark, into: scratch.slots, capacity: Self.closingCount)
            if count == 0 { return }
            let slots = Array(UnsafeBufferPointer(start: scratch.slots, count: count))
            if let part = changes(slots, []) { closed.append(part) }
        }
    }

    func takeChanges() -> ChangeBatch? {
        if touched.isEmpty, closed.isEmpty, tombstones.isEmpty { return nil }
        mark += 1
        let old = oldResults
        let slots = isFinal ? [] : touched
        touched.removeAll(keepingCapacity: true)
        oldResults.removeAll()
        let gone = tombstones.take()
        var parts = closed
        closed.removeAll()
        if !gone.isEmpty { parts.append(changes(of: gone)) }
        if !slots.isEmpty, let part = changes(slots, old) { parts.append(part) }
        return parts.isEmpty ? nil : ChangeBatch.concatenate(parts)
    }

    /// A row of: keys, aggregates' results, ROWTIME, WINDOWSTART, WINDOWEND.
    func results(_ slots: some Collection<UInt32>) -> [Column] {
        let count = slots.count
        pointers.reserve(count)
        let builders = plan.groupBy.map { ColumnBuilder(type: $0.type, capacity: count) }
        var times: [Int64] = []
        var starts: [Int64] = []
        var ends: [Int64] = []
        for slot in slots {
            let state = store.payload(of: slot)
            KeyCodec.decode(GroupLayout.key(of: state, store.blobs), into: builders)
            // A session's row has the time of its last record, as its key says.
            times.append(state.field(isSession ? GroupLayout.windowEnd : GroupLayout.eventTime))
            let start = state.field(GroupLayout.windowStart)
            starts.append(start)
            ends.append(isSession ? state.field(GroupLayout.windowEnd) : start &+ windowSize)
        }
        var columns = builders.map { $0.finish() }
        for (aggregate, function) in functions.enumerated() {
            for (index, slot) in slots.enumerated() {
                pointers.states[index] = store.payload(of: slot) + layout.stateOffsets[aggregate]
            }
            columns.append(function.results(pointers.states, count: count, blobs: store.blobs))
        }
        columns.append(.bigints(times))
        columns.append(.bigints(starts))
        columns.append(.bigints(ends))
        return columns
    }

    func changes(_ slots: [UInt32], _ old: [[Column]]) -> ChangeBatch? {
        let count = slots.count
        let (new, passes) = rows(results(slots), count)
        var before: [Column]?
        if capturesOld && !isFinal {
            let joined = (old.first ?? []).indices.map { index in Column.concatenate(old.map { $0[index] }) }
            before = rows(joined, count).0
        }
        let was = Bitmap(repeating: false, count: count)
        let present = Bitmap(repeating: false, count: count)
        var sequences: [Int64] = []
        var visible: [Int32] = []
        for (index, slot) in slots.enumerated() {
            let state = store.payload(of: slot)
            sequences.append(state.field(GroupLayout.sequence))
            let isEmpty = dropsEmptyGroups && state.field(GroupLayout.members) == 0
            let isPresent = !isEmpty && passes.map { $0[index] } ?? true
            if isPresent { present.set(index) }
            if isEmpty { store.remove(slot) }
            if GroupLayout.isEmitted(state) { was.set(index) }
            if isPresent || was[index] { visible.append(Int32(index)) }
            GroupLayout.setEmitted(state, isPresent)
            guard isSession else { continue }
            state.set(GroupLayout.emittedStart, state.field(GroupLayout.windowStart))
            state.set(GroupLayout.emittedEnd, state.field(GroupLayout.windowEnd))
        }
        guard !visible.isEmpty else { return nil }
        let batch = ChangeBatch(
            relation: output, count: count, new: new, newPresence: present, old: before, oldPresence: was,
            sequences: .bigints(sequences))
        return visible.count == count ? batch : batch.gather(Selection(visible))
    }

    /// The output's rows, and for which of them HAVING holds.
    func rows(_ results: [Column], _ count: Int) -> ([Column], Bitmap?) {
        var made = behind.evaluate(results, count: count, context: context)
        var passes: Bitmap?
        if plan.having != nil {
            let condition = made.removeFirst()
            passes = Bitmap.intersection(condition.booleans, condition.validity)
        }
        var columns = made
        for pseudo in PseudoColumn.allCases {
            switch pseudo {
            case .rowTime: columns.append(results[plan.rowTimePosition])
            case .windowStart: columns.append(results[plan.windowStartPosition])
            case .windowEnd: columns.append(results[plan.windowEndPosition])
            default: columns.append(RowBatch.absent)
            }
        }
        return (columns, passes)
    }
}
