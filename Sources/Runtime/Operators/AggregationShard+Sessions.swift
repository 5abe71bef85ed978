import Columnar
import Planning
import State

/// Sessions that were emitted and are gone: merged into others, or grown to other bounds.
struct SessionTombstones {
    struct Entry {
        let key: [UInt8]
        let start: Int64
        let end: Int64
        let sequence: Int64
    }

    private var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }

    mutating func append(_ entry: Entry) { entries.append(entry) }

    mutating func take() -> [Entry] {
        defer { entries.removeAll() }
        return entries
    }
}

// Session windows: a record belongs to the sessions of its group that lie within the gap; they become one.
//
// The store `sessions` holds for each group a list of its open sessions; each has a state of its own in
// `store`, under the group's fingerprint combined with the number of the record that began it. So bounds can
// move without moving state.
extension AggregationShard {
    /// An open session of a group, as the list keeps it: 24 bytes.
    struct OpenSession {
        var start: Int64
        /// The last event time, inclusive.
        var end: Int64
        /// The number of the record that began it.
        var id: Int64
    }

    func foldSessions(_ rows: GroupedRows, _ range: Range<Int>, gap: Int64) throws(StateError) {
        guard let sessions else { return }
        let batch = rows.rows.batch
        for index in range {
            let row = rows.rows.rows[index]
            let time = batch.eventTimes.int64s[Int(row)]
            let watermark = batch.watermark(at: Int(row))
            let group = rows.rows.fingerprints[index]
            var key = group
            var slot: UInt32 = 0
            var isNew: UInt8 = 0
            try sessions.findOrInsert(&key, count: 1, slots: &slot, isNew: &isNew)
            var open = openSessions(slot, sessions).filter { closing($0.end, gap) > watermark }
            let touching = open.filter { $0.start - gap <= time && time <= $0.end + gap }
            var merged = OpenSession(start: time, end: time, id: batch.sequence(of: Int(row)))
            for session in touching {
                merged.start = min(merged.start, session.start)
                merged.end = max(merged.end, session.end)
            }
            if let first = touching.first { merged.id = first.id }
            if closing(merged.end, gap) <= watermark {
                countLate()
                if isNew != 0 { sessions.setExpiry(.min, of: slot) }
                continue
            }
            open.removeAll { session in touching.contains { $0.id == session.id } }
            open.append(merged)
            open.sort { $0.start < $1.start }
            store(open, in: slot, sessions, gap)
            try apply(merged, touching, rows, row, group, gap)
        }
    }

    /// The watermark at which a session with this last event time closes.
    private func closing(_ end: Int64, _ gap: Int64) -> Int64 {
        end &+ gap &+ (plan.window?.grace ?? 0) &+ 1
    }

    private func openSessions(_ slot: UInt32, _ sessions: KeyedStateStore) -> [OpenSession] {
        guard let bytes = sessions.blobs.bytes(at: sessions.payload(of: slot)) else { return [] }
        return (0..<bytes.count / 24).map { index in
            OpenSession(
                start: bytes.loadUnaligned(fromByteOffset: index * 24, as: Int64.self),
                end: bytes.loadUnaligned(fromByteOffset: index * 24 + 8, as: Int64.self),
                id: bytes.loadUnaligned(fromByteOffset: index * 24 + 16, as: Int64.self))
        }
    }

    private func store(
        _ open: [OpenSession], in slot: UInt32, _ sessions: KeyedStateStore, _ gap: Int64
    ) {
        var words: [Int64] = []
        for session in open { words += [session.start, session.end, session.id] }
        words.withUnsafeBytes { sessions.blobs.replace(at: sessions.payload(of: slot), with: $0) }
        let latest = open.map(\.end).max() ?? .min
        sessions.setExpiry(closing(latest, gap), of: slot)
        sessions.markChanged(slot)
    }

    /// Merges the touching sessions' states into the first one's, or begins a new one; then folds the row.
    private func apply(
        _ merged: OpenSession, _ touching: [OpenSession], _ rows: GroupedRows, _ row: Int32,
        _ group: Fingerprint, _ gap: Int64
    ) throws(StateError) {
        var key = group.combined(with: merged.id)
        let fingerprint = key
        var slot: UInt32 = 0
        var isNew: UInt8 = 0
        try store.findOrInsert(&key, count: 1, slots: &slot, isNew: &isNew)
        if isNew != 0 {
            let state = store.payload(of: slot)
            state.set(GroupLayout.eventTime, .min)
            setKey(of: state, rows.keys, row: Int(row))
        }
        let sequence = rows.rows.batch.sequence(of: Int(row))
        rows.note(sequence, of: Int(row))
        let state = store.payload(of: slot)
        let hasMoved =
            state.field(GroupLayout.emittedStart) != merged.start
            || state.field(GroupLayout.emittedEnd) != merged.end
        let isRenewed = emitsPerRecord && merged.start != merged.end
        // Sessions are deleted downstream in the order of their start: the first one's state is the one that
        // stays.
        if GroupLayout.isEmitted(state), hasMoved || isRenewed { bury(state, sequence) }
        for session in touching.dropFirst() { try absorb(session, group, slot, sequence) }
        state.set(GroupLayout.windowStart, merged.start)
        state.set(GroupLayout.windowEnd, merged.end)
        store.setExpiry(closing(merged.end, gap), of: slot)
        try foldOne(rows, row: row, slot: slot, fingerprint: fingerprint)
    }

    private func absorb(
        _ session: OpenSession, _ group: Fingerprint, _ target: UInt32, _ sequence: Int64
    ) throws(StateError) {
        var key = group.combined(with: session.id)
        var slot: UInt32 = 0
        var isNew: UInt8 = 0
        try store.findOrInsert(&key, count: 1, slots: &slot, isNew: &isNew)
        let source = store.payload(of: slot)
        if isNew == 0 {
            let state = store.payload(of: target)
            merge(source, into: state)
            state.set(
                GroupLayout.eventTime,
                max(state.field(GroupLayout.eventTime), source.field(GroupLayout.eventTime)))
            if GroupLayout.isEmitted(source) { bury(source, sequence) }
        }
        forget(slot)
        store.remove(slot)
    }

    /// Has the row under which a session was last emitted deleted downstream.
    private func bury(_ state: UnsafeMutableRawPointer, _ sequence: Int64) {
        tombstones.append(
            .init(
                key: GroupLayout.key(of: state, store.blobs).map(Array.init) ?? [],
                start: state.field(GroupLayout.emittedStart), end: state.field(GroupLayout.emittedEnd),
                sequence: sequence))
        GroupLayout.setEmitted(state, false)
    }

    /// Deletions of rows that sessions had.
    func changes(of gone: [SessionTombstones.Entry]) -> ChangeBatch {
        let builders = plan.groupBy.map { ColumnBuilder(type: $0.type, capacity: gone.count) }
        for entry in gone { entry.key.withUnsafeBytes { KeyCodec.decode($0, into: builders) } }
        var results = builders.map { $0.finish() }
        for call in plan.aggregates {
            results.append(.nulls(call.function.resultType, count: gone.count))
        }
        results.append(.bigints(gone.map(\.end)))
        results.append(.bigints(gone.map(\.start)))
        results.append(.bigints(gone.map(\.end)))
        let (columns, _) = rows(results, gone.count)
        return ChangeBatch(
            relation: output, count: gone.count, new: columns,
            newPresence: Bitmap(repeating: false, count: gone.count), old: capturesOld ? columns : nil,
            oldPresence: nil, sequences: .bigints(gone.map(\.sequence)))
    }
}
