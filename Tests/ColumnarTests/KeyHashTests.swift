import Columnar
import TestKit
import Testing

@Suite struct KeyHashTests {
    private func prints(_ columns: [Column], seed: UInt64 = 1) -> [Fingerprint] {
        let count = columns[0].count
        var result = [Fingerprint](repeating: Fingerprint(low: 0, high: 0), count: count)
        result.withUnsafeMutableBufferPointer { out in
            KeyHash.fingerprints(
                of: columns, count: count, seed: Fingerprint(low: seed, high: ~seed), into: out.baseAddress!)
        }
        return result
    }

    @Test(arguments: 0..<20)
    func equalKeysShareAFingerprintAndOthersDoNot(seed: Int) {
        var random = RandomColumns(seed: seed)
        for type in RandomColumns.types {
            if case .map = type { continue }
            let values = random.values(type, count: 120)
            let all = prints([RandomColumns.column(type, values)])
            for i in 0..<values.count {
                for j in 0..<i { #expect((all[i] == all[j]) == (values[i] == values[j]), "\(type.sql)") }
            }
            // Where a row stands, and in which buffers its text lies, makes no difference.
            let shuffled = values.indices.shuffled(using: &random.dice)
            let moved = prints([
                RandomColumns.column(type, values).gather(Selection(shuffled.map { Int32($0) }))
            ])
            #expect(moved == shuffled.map { all[$0] }, "\(type.sql)")
        }
    }

    @Test func nullsAndSpecialNumbers() {
        let doubles = prints([
            RandomColumns.column(.double, [.double(0), .double(-0.0), .double(.nan), .double(-.nan), .null])
        ])
        #expect(doubles[0] == doubles[1] && doubles[2] == doubles[3] && doubles[0] != doubles[4])
        let texts = prints([RandomColumns.column(.string, [.string(""), .null, .string("\u{0}")])])
        #expect(Set(texts).count == 3)
    }

    @Test func borderOfColumnsCounts() {
        func key(_ a: String, _ b: String) -> Fingerprint {
            prints([RandomColumns.column(.string, [.string(a)]), RandomColumns.column(.string, [.string(b)])]
            )[0]
        }
        #expect(key("ab", "c") != key("a", "bc"))
        #expect(key("", "ab") != key("ab", ""))
        #expect(key("a", "b") != key("b", "a"))
        let long = String(repeating: "x", count: 40)
        #expect(key(long, "c") != key(long + "c", ""))
    }

    @Test func lengthsAndPrefixes() {
        let texts = (0..<80).map { String(repeating: "\u{0}", count: $0) }
        #expect(Set(prints([RandomColumns.column(.string, texts.map { .string($0) })])).count == 80)
        let seeds = Set(
            (0..<50).map { prints([RandomColumns.column(.string, [.string("same")])], seed: UInt64($0))[0] })
        #expect(seeds.count == 50)
    }

    /// One bit of the input turns about half of the output's bits, in both halves.
    @Test func avalanche() {
        var dice = SeededGenerator(seed: 4)
        for length in [1, 4, 8, 12, 13, 16, 17, 40] {
            var turned = [Int](repeating: 0, count: 2)
            var trials = 0
            for _ in 0..<50 {
                let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
                let base = prints([RandomColumns.column(.bytes, [.bytes(bytes)])])[0]
                for bit in 0..<length * 8 {
                    var other = bytes
                    other[bit / 8] ^= 1 << UInt8(bit % 8)
                    let changed = prints([RandomColumns.column(.bytes, [.bytes(other)])])[0]
                    turned[0] += (base.low ^ changed.low).nonzeroBitCount
                    turned[1] += (base.high ^ changed.high).nonzeroBitCount
                    trials += 1
                }
            }
            for half in turned {
                let mean = Double(half) / Double(trials)
                #expect(mean > 31 && mean < 33, "length \(length): \(mean) of 64 bits")
            }
        }
        var last = Fingerprint(low: 1, high: 2)
        var seen: Set<UInt64> = []
        for number in 0..<2000 {
            last = Fingerprint(low: 1, high: 2).combined(with: Int64(number))
            seen.insert(last.low & 0xFFFF_FFFF)
        }
        #expect(seen.count >= 1999)
    }
}
