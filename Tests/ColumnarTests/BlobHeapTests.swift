import Columnar
import TestKit
import Testing

@Suite struct BlobHeapTests {
    @Test(arguments: 0..<20)
    func blobsAreWhatWasWritten(seed: Int) {
        var dice = SeededGenerator(seed: UInt64(seed))
        let heap = BlobHeap()
        let rows = Buffer(capacity: 8 * 16, zeroed: true)
        var model = [[UInt8]?](repeating: nil, count: 16)
        for _ in 0..<2000 {
            let row = dice.int(0...15)
            let reference = rows.pointer + row * 8
            let bytes = (0..<dice.pick([0, 1, 15, 16, 17, 100, 1000])).map { _ in
                UInt8(truncatingIfNeeded: dice.next())
            }
            switch dice.int(0...3) {
            case 0:
                bytes.withUnsafeBytes { heap.replace(at: reference, with: $0) }
                model[row] = bytes
            case 1:
                bytes.withUnsafeBytes { heap.append(at: reference, $0) }
                model[row] = (model[row] ?? []) + bytes
            case 2:
                // A part of itself.
                guard let held = heap.bytes(at: reference), held.count > 3 else { continue }
                heap.replace(at: reference, with: UnsafeRawBufferPointer(rebasing: held[1..<held.count - 1]))
                model[row] = Array(model[row]!.dropFirst().dropLast())
            default:
                heap.release(at: reference)
                model[row] = nil
            }
            #expect(heap.bytes(at: reference).map { Array($0) } == model[row], "seed \(seed)")
        }
        #expect(heap.allocatedBytes >= model.reduce(0) { $0 + ($1?.count ?? 0) })
        for row in 0..<16 {
            #expect(heap.bytes(at: rows.pointer + row * 8).map { Array($0) } == model[row])
            heap.release(at: rows.pointer + row * 8)
        }
        #expect(heap.allocatedBytes == 0)
    }
}
