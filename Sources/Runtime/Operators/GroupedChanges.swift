import Columnar
import Expressions
import Planning

/// Changes of a table on their way into groups: each row leaves the group that it was in and joins the one
/// that it is in.
struct GroupedChanges: Sendable {
    /// What happens to one group. Numbers of changes are rows of `old` and `new`.
    enum Step: Sendable {
        case leave(Int32)
        case join(Int32)
        /// A row stays in its group with other values: one change downstream.
        case stay(Int32)
    }

    /// The rows before and after: keys, then the aggregates' arguments.
    let old: [Column]
    let new: [Column]
    let times: Column
    let sequences: Column
    private let steps: [[(step: Step, group: Fingerprint)]]

    /// - Parameters:
    ///   - was, present: rows that were and are there, and pass the query's condition.
    init(
        old: [Column], new: [Column], was: Bitmap, present: Bitmap, times: Column, sequences: Column,
        keyCount: Int, seed: Fingerprint
    ) {
        self.old = old
        self.new = new
        self.times = times
        self.sequences = sequences
        let before = Self.groups(Array(old[..<keyCount]), was, seed)
        let after = Self.groups(Array(new[..<keyCount]), present, seed)
        var steps = Array(repeating: [(step: Step, group: Fingerprint)](), count: ShardedRows.shardCount)
        for row in before.indices {
            let number = Int32(truncatingIfNeeded: row)
            if let left = before[row], let joined = after[row], left == joined {
                steps[ShardedRows.shard(of: left)].append((.stay(number), left))
                continue
            }
            if let left = before[row] { steps[ShardedRows.shard(of: left)].append((.leave(number), left)) }
            if let joined = after[row] {
                steps[ShardedRows.shard(of: joined)].append((.join(number), joined))
            }
        }
        self.steps = steps
    }

    /// In the order of the changes.
    func steps(of shard: Int) -> [(step: Step, group: Fingerprint)] { steps[shard] }

    /// The group of each row; nil of rows that are not there or have a NULL among their keys.
    private static func groups(_ keys: [Column], _ present: Bitmap, _ seed: Fingerprint) -> [Fingerprint?] {
        let count = present.count
        let buffer = Buffer(capacity: max(1, count) * 16)
        let hashes = buffer.pointer.assumingMemoryBound(to: Fingerprint.self)
        KeyHash.fingerprints(of: keys, count: count, seed: seed, into: hashes)
        return (0..<count).map { row in
            present[row] && keys.allSatisfy { $0.isValid(row) } ? hashes[row] : nil
        }
    }
}
