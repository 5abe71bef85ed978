/// Draws an index by weight in constant time (the alias method of Walker, in Vose's form).
struct AliasTable: Sendable {
    /// Of 2³² coins, those below `threshold` stay with the index, the others go to `alias`.
    private struct Bucket: Sendable {
        var threshold: UInt32
        var alias: UInt32
    }

    private var buckets: [Bucket]

    /// `weights` are at least one, none negative, their sum positive.
    init(weights: [Double]) {
        precondition(!weights.isEmpty, "an alias table needs a weight")
        let count = weights.count
        var sum = 0.0
        for weight in weights { sum += weight }
        var scaled = weights.map { $0 * Double(count) / sum }
        buckets = (0..<count).map { Bucket(threshold: .max, alias: UInt32($0)) }
        var small = scaled.indices.filter { scaled[$0] < 1 }
        var large = scaled.indices.filter { scaled[$0] >= 1 }
        while let less = small.popLast(), let more = large.last {
            buckets[less].threshold = UInt32(min(max(scaled[less], 0) * 0x1p32, 0x1p32 - 1))
            buckets[less].alias = UInt32(more)
            scaled[more] -= 1 - scaled[less]
            if scaled[more] < 1 {
                large.removeLast()
                small.append(more)
            }
        }
    }

    /// The weights 1, 1/2, 1/3 … 1/count: Zipf's law with exponent 1.
    static func zipf(count: Int) -> AliasTable {
        AliasTable(weights: (1...count).map { 1 / Double($0) })
    }

    @inline(__always)
    func draw(_ random: inout RandomSource) -> Int { index(for: random.next()) }

    /// The index that 64 random bits stand for.
    @inline(__always)
    func index(for bits: UInt64) -> Int {
        let index = Int(truncatingIfNeeded: ((bits &>> 32) &* UInt64(buckets.count)) &>> 32)
        let bucket = buckets[index]
        return UInt32(truncatingIfNeeded: bits) < bucket.threshold ? index : Int(bucket.alias)
    }
}
