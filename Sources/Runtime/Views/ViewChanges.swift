import Columnar
import Planning

/// Changes of a table on their way into the shards of its view.
struct ViewChanges: Sendable {
    let changes: ChangeBatch
    /// What is kept of the rows.
    let stored: [Column]
    /// Of the key without its window: what decides on the shard.
    let prints: [Fingerprint]
    /// Of a windowed table.
    let starts: Column?
    let ends: Column?
    /// By shard, in the order of the changes.
    let rows: [[Int32]]

    init(_ changes: ChangeBatch, _ layout: ViewLayout, seed: Fingerprint) {
        self.changes = changes
        let relation = layout.relation
        stored = zip(layout.positions, layout.types).map { position, type in
            let column = changes.new[position]
            return column.count == changes.count ? column : .nulls(type, count: changes.count)
        }
        prints = TableSideRows.fingerprints(
            Array(changes.new[..<relation.keyCount]), changes.count, seed)
        let isWindowed = layout.windows != nil
        starts = isWindowed ? changes.new[relation.position(of: .windowStart)] : nil
        ends = isWindowed ? changes.new[relation.position(of: .windowEnd)] : nil
        var rows = Array(repeating: [Int32](), count: ShardedRows.shardCount)
        for row in 0..<changes.count {
            rows[ShardedRows.shard(of: prints[row])].append(Int32(truncatingIfNeeded: row))
        }
        self.rows = rows
    }

    /// What finds the row: its key and, if it has one, its window.
    func print(of row: Int) -> Fingerprint {
        guard let starts, let ends else { return prints[row] }
        return prints[row].combined(with: starts.int64s[row]).combined(with: ends.int64s[row])
    }
}
