import Testing

@testable import Connectors

@Suite struct ByteSearchTests {
    @Test func bytesAreFoundFromBothEnds() {
        var generator = TestGenerator(seed: 21)
        for _ in 0..<5000 {
            let bytes = (0..<1 + generator.below(100)).map { _ in UInt8(generator.below(20)) }
            let start = generator.below(bytes.count + 1)
            let end = start + generator.below(bytes.count - start + 1)
            bytes.withUnsafeBytes { buffer in
                guard let base = buffer.baseAddress else { return }
                #expect(ByteSearch.first(10, in: base, start, end) == bytes[start..<end].firstIndex(of: 10))
                #expect(ByteSearch.last(10, in: base, start, end) == bytes[start..<end].lastIndex(of: 10))
            }
        }
    }
}
