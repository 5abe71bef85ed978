import Columnar

/// Of several rows of one key the last.
enum LatestRows {
    /// A run of rows; those that `presence` marks 0 are deletions, of which only the key counts.
    struct Part: Sendable {
        let batch: Batch
        let presence: Bitmap?
    }

    private static let seed = Fingerprint(low: 0x6C61_7465, high: 0x7374_726F)

    /// Rows with a NULL in their key are equal to none.
    static func of(_ parts: [Part], key: [Int]) -> Part? {
        guard let first = parts.first else { return nil }
        let all = parts.count == 1 ? first : joined(parts)
        let keys = key.map { all.batch.columns[$0] }
        let count = all.batch.count
        var prints = [Fingerprint](repeating: seed, count: count)
        prints.withUnsafeMutableBufferPointer { out in
            guard let base = out.baseAddress else { return }
            KeyHash.fingerprints(of: keys, count: count, seed: seed, into: base)
        }
        let nullable = keys.filter { $0.validity != nil }
        var seen = Set<Fingerprint>(minimumCapacity: count)
        var kept: [Int32] = []
        kept.reserveCapacity(count)
        for row in (0..<count).reversed() {
            let hasNull = nullable.contains { !$0.isValid(row) }
            if hasNull || seen.insert(prints[row]).inserted { kept.append(Int32(row)) }
        }
        if kept.count == count { return all }
        let selection = Selection(kept.reversed())
        return Part(
            batch: all.batch.gather(selection),
            presence: all.presence.map { Column.booleans($0).gather(selection).booleans })
    }

    private static func joined(_ parts: [Part]) -> Part {
        let batch = Batch.concatenate(parts.map(\.batch))
        guard parts.contains(where: { $0.presence != nil }) else { return Part(batch: batch, presence: nil) }
        let bits = parts.map {
            Column.booleans($0.presence ?? Bitmap(repeating: true, count: $0.batch.count))
        }
        return Part(batch: batch, presence: Column.concatenate(bits).booleans)
    }
}
