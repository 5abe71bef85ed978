import Columnar
import TestKit
import Testing

@testable import Connectors

@Suite("The last row of each key") struct LatestRowsTests {
    private static let schema = Schema([Field("k", .string), Field("n", .integer)])

    /// Random runs of rows against a dictionary that is filled one by one.
    @Test(arguments: 0..<30) func isWhatAMapOfRowsWouldHold(seed: Int) {
        var dice = SeededGenerator(seed: UInt64(seed))
        var parts: [LatestRows.Part] = []
        var model: [String: (n: Int32, isPresent: Bool)] = [:]
        var order: [String] = []
        var withoutKey = 0
        for _ in 0..<dice.int(1...4) {
            let count = dice.int(1...40)
            let keys = ColumnBuilder(type: .string)
            let numbers = ColumnBuilder(type: .integer)
            let presence = Bitmap(repeating: true, count: count)
            let isPartial = dice.chance(50)
            for row in 0..<count {
                let n = Int32(dice.below(1_000_000))
                numbers.append(n)
                let isPresent = !isPartial || dice.chance(70)
                presence.assign(row, isPresent)
                if dice.chance(10) {
                    keys.appendNull()
                    withoutKey += 1
                } else {
                    let key = "a key that is longer than a view \(dice.below(12))"
                    keys.append(key)
                    model[key] = (n, isPresent)
                    order.removeAll { $0 == key }
                    order.append(key)
                }
            }
            let batch = Batch(schema: Self.schema, columns: [keys.finish(), numbers.finish()], count: count)
            parts.append(LatestRows.Part(batch: batch, presence: isPartial ? presence : nil))
        }
        guard let latest = LatestRows.of(parts, key: [0]) else {
            Issue.record("seed \(seed): there are rows")
            return
        }
        var found: [String] = []
        var nulls = 0
        for row in 0..<latest.batch.count {
            guard latest.batch.columns[0].isValid(row) else {
                nulls += 1
                continue
            }
            let key = latest.batch.columns[0].string(at: row)
            found.append(key)
            let expected = model[key]
            #expect(latest.batch.columns[1].int32s[row] == expected?.n, "seed \(seed)")
            #expect((latest.presence?[row] ?? true) == expected?.isPresent, "seed \(seed)")
        }
        #expect(found == order && nulls == withoutKey, "seed \(seed)")
    }
}
