import Columnar
import TestKit
import Testing

@testable import Runtime

@Suite struct ShardedRowsTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func putsEachLivingRowIntoTheShardOfItsKey(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 0...500, using: &random)
        let keys = [DataType.string, .integer].map { type in
            RandomRows.column(
                type,
                (0..<count).map { _ in
                    type == .string
                        ? [.null, .string("a"), .string("b"), .string("a key that is longer than a view")][
                            Int.random(in: 0..<4, using: &random)]
                        : [.null, .integer(1), .integer(2)][Int.random(in: 0..<3, using: &random)]
                })
        }
        let alive = (0..<Int32(count)).filter { _ in Bool.random(using: &random) }
        let skips = Bool.random(using: &random)
        let times = Column.bigints([Int64](repeating: 0, count: count))
        let batch = RowBatch(
            columns: keys, count: count, selection: Selection(alive), origin: nil, eventTimes: times,
            time: ChunkTime(
                partition: 0, count: count, runningMaxima: Buffer(capacity: max(8, count * 8), zeroed: true)))
        let rows = ShardedRows(
            batch: batch, keys: keys, columns: [], seed: Fingerprint(low: seed, high: 1), skipsNullKeys: skips
        )
        var seen: [Int32] = []
        var fingerprints: [String: Fingerprint] = [:]
        for shard in 0..<ShardedRows.shardCount {
            let range = rows.range(of: shard)
            let inShard = range.map { rows.rows[$0] }
            #expect(inShard == inShard.sorted(), "source order in a shard, seed \(seed)")
            for (index, row) in zip(range, inShard) {
                let fingerprint = rows.fingerprints[index]
                #expect(ShardedRows.shard(of: fingerprint) == shard)
                let key = "\(keys.map { $0.value(at: Int(row)) })"
                #expect(fingerprints[key, default: fingerprint] == fingerprint, "equal keys, seed \(seed)")
                fingerprints[key] = fingerprint
            }
            seen += inShard
        }
        let expected = alive.filter { row in !skips || keys.allSatisfy { $0.isValid(Int(row)) } }
        #expect(seen.sorted() == expected, "seed \(seed)")
        #expect(Set(fingerprints.values.map { "\($0)" }).count == fingerprints.count, "different keys differ")
    }
}
