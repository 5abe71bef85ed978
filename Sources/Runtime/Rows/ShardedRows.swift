import Columnar
import Glibc

/// The rows of a batch that a stateful operator takes, put together by shard; in source order within a shard.
struct ShardedRows: @unchecked Sendable {
    /// The shard count of every operator. Fixed, because state is kept by shard: threads share shards out, so
    /// their number changes no result and can change from run to run.
    static let shardCount = 16

    let batch: RowBatch
    /// The operator's own columns for the batch: keys and arguments.
    let columns: [Column]
    /// Where each shard starts in `rows`; `shardCount + 1` entries.
    let starts: [Int]
    private let rowBuffer: Buffer
    private let fingerprintBuffer: Buffer

    var rows: UnsafeMutablePointer<Int32> { rowBuffer.pointer.assumingMemoryBound(to: Int32.self) }
    var fingerprints: UnsafeMutablePointer<Fingerprint> {
        fingerprintBuffer.pointer.assumingMemoryBound(to: Fingerprint.self)
    }

    static func shard(of fingerprint: Fingerprint) -> Int { Int(fingerprint.high >> 60) }

    /// - Parameters:
    ///   - keys: what the fingerprints are made of.
    ///   - skipsNullKeys: leaves rows out in which one of the keys is NULL, as GROUP BY does.
    init(batch: RowBatch, keys: [Column], columns: [Column], seed: Fingerprint, skipsNullKeys: Bool) {
        self.batch = batch
        self.columns = columns
        let all = Buffer(capacity: batch.count * 16)
        let hashes = all.pointer.assumingMemoryBound(to: Fingerprint.self)
        KeyHash.fingerprints(of: keys, count: batch.count, seed: seed, into: hashes)
        var alive = batch.selection ?? .all(batch.count)
        if skipsNullKeys {
            let valid = keys.reduce(Bitmap?.none) { Bitmap.intersection($0, $1.validity) }
            if let valid { alive = alive.keeping(valid) }
        }
        var counts = [Int](repeating: 0, count: Self.shardCount + 1)
        for index in 0..<alive.count { counts[Self.shard(of: hashes[Int(alive.rows[index])]) + 1] += 1 }
        for shard in 0..<Self.shardCount { counts[shard + 1] += counts[shard] }
        starts = counts
        rowBuffer = Buffer(capacity: alive.count * 4)
        fingerprintBuffer = Buffer(capacity: alive.count * 16)
        let rows = rowBuffer.pointer.assumingMemoryBound(to: Int32.self)
        let fingerprints = fingerprintBuffer.pointer.assumingMemoryBound(to: Fingerprint.self)
        counts.withUnsafeMutableBufferPointer { next in
            for index in 0..<alive.count {
                let row = alive.rows[index]
                let hash = hashes[Int(row)]
                let shard = Self.shard(of: hash)
                let position = next[shard]
                next[shard] = position &+ 1
                rows[position] = row
                fingerprints[position] = hash
            }
        }
    }

    func range(of shard: Int) -> Range<Int> { starts[shard]..<starts[shard + 1] }
}

extension Selection {
    /// The rows whose bit is 1.
    func keeping(_ bits: Bitmap) -> Selection {
        let buffer = Buffer(capacity: count * 4)
        let out = buffer.pointer.assumingMemoryBound(to: Int32.self)
        var kept = 0
        for index in 0..<count {
            out[kept] = rows[index]
            kept += bits[Int(rows[index])] ? 1 : 0
        }
        return Selection(buffer: buffer, count: kept)
    }
}
