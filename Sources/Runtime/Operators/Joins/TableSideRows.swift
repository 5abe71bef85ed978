import Columnar
import Expressions
import Planning

/// Changes of a table on their way into a join's shards.
struct TableSideRows: Sendable {
    let changes: ChangeBatch
    let side: JoinSide
    /// What is kept of the rows after the change.
    let stored: [Column]
    /// The number of the first change among all that the join has waiting.
    let first: Int
    let fingerprints: [Fingerprint]
    /// Rows without a NULL among the join's keys.
    let isKeyed: Bitmap?
    /// By shard, in the order of the changes.
    let rows: [[Int32]]

    /// - Parameter keys: what decides on the shard; the join's keys, or a table's own.
    init(
        _ changes: ChangeBatch, _ side: JoinSide, joinKeys: [Column], layout: JoinSideLayout,
        shardedBy keys: [Column],
        first: Int, seed: Fingerprint
    ) {
        self.changes = changes
        self.side = side
        self.first = first
        stored = layout.stored(joinKeys, Self.whole(changes))
        fingerprints = Self.fingerprints(keys, changes.count, seed)
        isKeyed = joinKeys.reduce(Bitmap?.none) { Bitmap.intersection($0, $1.validity) }
        var rows = Array(repeating: [Int32](), count: ShardedRows.shardCount)
        for row in 0..<changes.count {
            rows[ShardedRows.shard(of: fingerprints[row])].append(Int32(truncatingIfNeeded: row))
        }
        self.rows = rows
    }

    var times: Column { changes.new[changes.relation.position(of: .rowTime)] }

    func hasKey(_ row: Int) -> Bool { isKeyed.map { $0[row] } ?? true }

    static func fingerprints(_ keys: [Column], _ count: Int, _ seed: Fingerprint) -> [Fingerprint] {
        guard count > 0 else { return [] }
        return [Fingerprint](unsafeUninitializedCapacity: count) { buffer, filled in
            if let base = buffer.baseAddress {
                KeyHash.fingerprints(of: keys, count: count, seed: seed, into: base)
                filled = count
            }
        }
    }

    /// The columns of the new rows; those that a table has none of are NULL.
    private static func whole(_ changes: ChangeBatch) -> [Column] {
        changes.new.enumerated().map { position, column in
            column.count == changes.count
                ? column
                : .nulls(JoinSideLayout.type(position, changes.relation), count: changes.count)
        }
    }
}
