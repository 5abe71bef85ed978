import Columnar
import Planning

/// Changes that a shard of a join of tables makes.
struct JoinedChanges {
    /// One change: numbers are rows of the shard's pool of joined rows.
    private struct Entry {
        /// The number of the change that made it, and its place among those that this one made.
        let ordinal: Int
        let minor: Int
        let new: Int32
        let isPresent: Bool
        let old: Int32?
    }

    private let layout: JoinedLayout
    private let rows: JoinedRows
    private var entries: [Entry] = []

    init(_ layout: JoinedLayout) {
        self.layout = layout
        rows = JoinedRows(layout)
    }

    /// The two sides of a joined row.
    struct Row {
        let left: UnsafeRawBufferPointer?
        let right: UnsafeRawBufferPointer?
        let time: Int64
    }

    /// - Parameters:
    ///   - new: the row, or if it is not there any more one that has its key.
    ///   - old: nil when there was none.
    mutating func append(ordinal: Int, minor: Int = 0, new: Row, isPresent: Bool, old: Row?) {
        let before = old.map { rows.append(left: $0.left, right: $0.right, time: $0.time) }
        let after = rows.append(left: new.left, right: new.right, time: new.time)
        entries.append(Entry(ordinal: ordinal, minor: minor, new: after, isPresent: isPresent, old: before))
    }

    /// All changes of all shards in the order of the changes that made them; nil when there are none.
    ///
    /// A row that leaves by a change and comes by the same one is one change.
    static func joined(_ parts: [JoinedChanges], firstSequence: Int64) -> ChangeBatch? {
        var offset: Int32 = 0
        var entries: [Entry] = []
        var pools: [[Column]] = []
        guard let layout = parts.first?.layout else { return nil }
        for part in parts where part.rows.count > 0 {
            entries += part.entries.map { entry in
                Entry(
                    ordinal: entry.ordinal, minor: entry.minor, new: entry.new + offset,
                    isPresent: entry.isPresent, old: entry.old.map { $0 + offset })
            }
            offset += Int32(truncatingIfNeeded: part.rows.count)
            pools.append(part.rows.finish())
        }
        guard !entries.isEmpty else { return nil }
        // Stable: shards come one after another, so equal places keep their order within one shard.
        let order = entries.indices.sorted {
            let (a, b) = (entries[$0], entries[$1])
            return (a.ordinal, a.minor, $0) < (b.ordinal, b.minor, $1)
        }
        let merged = merge(order.map { entries[$0] })
        let columns = pools[0].indices.map { index in
            pools[0][index].count == 0 ? RowBatch.absent : Column.concatenate(pools.map { $0[index] })
        }
        return batch(merged, columns, Int(offset), layout, firstSequence)
    }

    /// Joins what leaves and what comes at one place.
    private static func merge(_ sorted: [Entry]) -> [Entry] {
        var merged: [Entry] = []
        for entry in sorted {
            guard let last = merged.last, last.ordinal == entry.ordinal, last.minor == entry.minor else {
                merged.append(entry)
                continue
            }
            merged[merged.count - 1] = Entry(
                ordinal: entry.ordinal, minor: entry.minor, new: entry.isPresent ? entry.new : last.new,
                isPresent: entry.isPresent || last.isPresent, old: last.old ?? entry.old)
        }
        return merged
    }

    private static func batch(
        _ entries: [Entry], _ columns: [Column], _ poolCount: Int, _ layout: JoinedLayout,
        _ firstSequence: Int64
    ) -> ChangeBatch {
        func taken(_ rows: [Int32]) -> [Column] {
            let selection = Selection(rows)
            return columns.map { $0.count == poolCount ? $0.gather(selection) : $0 }
        }
        let count = entries.count
        let present = Bitmap(repeating: false, count: count)
        let was = Bitmap(repeating: false, count: count)
        for (index, entry) in entries.enumerated() {
            if entry.isPresent { present.set(index) }
            if entry.old != nil { was.set(index) }
        }
        return ChangeBatch(
            relation: layout.plan.output, count: count, new: taken(entries.map(\.new)), newPresence: present,
            old: taken(entries.map { $0.old ?? $0.new }), oldPresence: was,
            sequences: .bigints((0..<count).map { firstSequence + Int64($0) }))
    }
}
