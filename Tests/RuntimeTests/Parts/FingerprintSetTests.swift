import Columnar
import TestKit
import Testing

@testable import Runtime

@Suite struct FingerprintSetTests {
    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func holdsWhatASetHolds(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let blobs = BlobHeap()
        let references = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 8)
        references.initializeMemory(as: UInt64.self, repeating: 0, count: 2)
        defer { references.deallocate() }
        let sets = [
            FingerprintSet(blobs: blobs, reference: references),
            FingerprintSet(blobs: blobs, reference: references + 8),
        ]
        var models: [Set<String>] = [[], []]
        for _ in 0..<Int.random(in: 0...400, using: &random) {
            let which = Int.random(in: 0...1, using: &random)
            let value = Fingerprint(
                low: UInt64.random(in: 0...40, using: &random), high: UInt64.random(in: 0...2, using: &random)
            )
            // Zero stands for an empty slot and is taken for another value.
            let name = value == Fingerprint(low: 0, high: 0) ? "1 0" : "\(value.low) \(value.high)"
            #expect(sets[which].insert(value) == models[which].insert(name).inserted, "seed \(seed)")
            #expect(sets[which].count == models[which].count, "seed \(seed)")
        }
        sets[0].formUnion(sets[1])
        #expect(sets[0].count == models[0].union(models[1]).count, "seed \(seed)")
        for offset in [0, 8] { blobs.release(at: references + offset) }
    }
}
