import Columnar
import Glibc
import Planning
import State

/// The rows of one shard of a view.
///
/// The task's threads put changes in, one at a time; any thread reads meanwhile, and waits while changes are
/// put in.
final class ViewShard: @unchecked Sendable {
    // All below is used inside `store.exclusively`.
    private let store: KeyedStateStore
    private let layout: ViewLayout
    private var codec: KeyCodec
    private var scratch = StateScratch()
    /// Where the windows start that had rows.
    private var starts: ClosedRange<Int64>?

    init(_ layout: ViewLayout, _ store: KeyedStateStore) {
        self.layout = layout
        self.store = store
        codec = KeyCodec(types: layout.types)
    }

    // MARK: Changes

    /// Rows that are handled together: as many as the store looks up together.
    private static let run = 128

    func take(
        _ waiting: [ViewChanges], shard: Int, watermark: Int64
    ) throws(StateError) {
        try store.exclusively { () throws(StateError) in
            for part in waiting { try take(part, part.rows[shard]) }
            if layout.windows != nil, watermark > .min { store.retire(upTo: watermark) }
            try store.maintain()
        }
    }

    private func take(_ part: ViewChanges, _ rows: [Int32]) throws(StateError) {
        var start = 0
        while start < rows.count {
            var end = start
            while end < rows.count, end - start < Self.run, part.changes.isPresent(Int(rows[end])) {
                end += 1
            }
            if end > start {
                try put(part, rows[start..<end])
                start = end
            } else {
                try remove(part.print(of: Int(rows[start])))
                start += 1
            }
        }
    }

    private func put(_ part: ViewChanges, _ rows: ArraySlice<Int32>) throws(StateError) {
        scratch.reserve(rows.count)
        for (index, row) in rows.enumerated() { scratch.fingerprints[index] = part.print(of: Int(row)) }
        try store.findOrInsert(
            scratch.fingerprints, count: rows.count, slots: scratch.slots, isNew: scratch.isNew)
        for (index, row) in rows.enumerated() {
            let slot = scratch.slots[index]
            let state = store.payload(of: slot)
            codec.encode(part.stored, row: Int(row)) { bytes in
                // Groups are handed on whenever a row was folded in, also where it changed nothing.
                if scratch.isNew[index] == 0, let old = store.blobs.bytes(at: state + ViewLayout.row),
                    old.count == bytes.count, let here = old.baseAddress, let there = bytes.baseAddress,
                    memcmp(here, there, old.count) == 0
                {
                    return
                }
                store.blobs.replace(at: state + ViewLayout.row, with: bytes)
                store.markChanged(slot)
            }
            guard scratch.isNew[index] != 0, let windows = layout.windows else { continue }
            place(part, Int(row), slot, windows)
        }
    }

    private func place(_ part: ViewChanges, _ row: Int, _ slot: UInt32, _ windows: ViewWindows) {
        let start = part.starts?.int64s[row] ?? 0
        let print = Int64(bitPattern: part.prints[row].low)
        store.payload(of: slot).storeBytes(of: print, toByteOffset: ViewLayout.keyPrint, as: Int64.self)
        store.setExpiry(windows.expiry(start: start, end: part.ends?.int64s[row] ?? 0), of: slot)
        note(start...start)
    }

    private func remove(_ print: Fingerprint) throws(StateError) {
        var key = print
        var slot: UInt32 = 0
        try store.find(&key, count: 1, slots: &slot)
        if slot != KeyedStateStore.none { store.remove(slot) }
    }

    // MARK: Rows

    /// The row of a table without windows.
    func find(_ print: Fingerprint, into rows: inout RowBlockBuilder) throws(StateError) {
        try store.exclusively { () throws(StateError) in try look(print, &rows) }
    }

    /// The rows of a key whose windows lie within bounds.
    func find(
        _ print: Fingerprint, _ windows: ViewWindows, _ bounds: WindowBounds,
        into rows: inout RowBlockBuilder
    ) throws(StateError) {
        try store.exclusively { () throws(StateError) in
            guard let kept = keptStarts(windows) else { return }
            if case .time(let size, _) = windows.kind,
                let starts = windows.starts(within: bounds, kept: kept)
            {
                for start in starts {
                    try look(print.combined(with: start).combined(with: start &+ size), &rows)
                }
            } else if let (start, end) = bounds.onlyWindow {
                try look(print.combined(with: start).combined(with: end), &rows)
            } else {
                let half = Int64(bitPattern: print.low)
                try store.forEachEntry { entry in
                    if entry.word(at: ViewLayout.keyPrint) == half,
                        let row = entry.blob(at: ViewLayout.row)
                    {
                        rows.append(row)
                    }
                    return true
                }
            }
        }
    }

    private func look(_ print: Fingerprint, _ rows: inout RowBlockBuilder) throws(StateError) {
        _ = try store.peek(print) { entry in
            if let row = entry.blob(at: ViewLayout.row) { rows.append(row) }
        }
    }

    /// Hands all rows on in blocks until `body` returns false; returns what it returned last.
    func scan(
        _ rows: inout RowBlockBuilder, blockRows: Int, _ body: (RowBlock) -> Bool
    ) throws(StateError) -> Bool {
        var goesOn = true
        try store.exclusively { () throws(StateError) in
            try store.forEachEntry { entry in
                if let row = entry.blob(at: ViewLayout.row) { rows.append(row) }
                if rows.count >= blockRows { goesOn = body(rows.take()) }
                return goesOn
            }
        }
        return goesOn
    }

    // MARK: Windows

    /// Where windows may start that there are rows of; nil where there are none.
    private func keptStarts(_ windows: ViewWindows) -> ClosedRange<Int64>? {
        guard let starts else { return nil }
        guard case .time = windows.kind, store.retiredWatermark > .min else { return starts }
        let (first, overflows) = store.retiredWatermark.subtractingReportingOverflow(windows.retention)
        if overflows || first <= starts.lowerBound { return starts }
        return first <= starts.upperBound ? first...starts.upperBound : nil
    }

    private func note(_ more: ClosedRange<Int64>) {
        guard let known = starts else {
            starts = more
            return
        }
        if more.lowerBound >= known.lowerBound, more.upperBound <= known.upperBound { return }
        starts = min(known.lowerBound, more.lowerBound)...max(known.upperBound, more.upperBound)
    }

    /// Goes on with what a checkpoint says.
    func restore(starts: ClosedRange<Int64>) throws(StateError) {
        try store.exclusively { () throws(StateError) in note(starts) }
    }

    /// By the task's thread, between rounds.
    var knownStarts: ClosedRange<Int64>? { starts }
}
