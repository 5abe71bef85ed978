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

    @Test func recordEndsAreThoseOfTheObviousScanner() {
        var generator = TestGenerator(seed: 22)
        let alphabet = Array("a\",\n\"\n,x".utf8)
        for round in 0..<5000 {
            let bytes = (0..<generator.below(60)).map { _ in alphabet[generator.below(alphabet.count)] }
            let expected = obviousEnds(bytes)
            var scanner = RecordScanner(.csv)
            var ends: [Int] = []
            var lastEnds = RecordScanner(.csv)
            var last: Int?
            var position = 0
            bytes.withUnsafeBytes { buffer in
                guard let base = buffer.baseAddress else { return }
                while position < bytes.count {
                    let bound = position + 1 + generator.below(bytes.count - position)
                    if let end = lastEnds.scan(base, position, bound, stopsAtFirst: false) { last = end }
                    while let end = scanner.scan(base, position, bound, stopsAtFirst: true) {
                        ends.append(end)
                        position = end
                    }
                    position = bound
                }
            }
            #expect(ends == expected, "round \(round): \(bytes)")
            #expect(last == expected.last, "round \(round): \(bytes)")
        }
    }

    /// A state machine that looks at one byte after the other.
    private func obviousEnds(_ bytes: [UInt8]) -> [Int] {
        enum State { case fieldStart, plain, quoted, quoteInQuoted }
        var state = State.fieldStart
        var ends: [Int] = []
        for (index, byte) in bytes.enumerated() {
            let isQuote = byte == UInt8(ascii: "\"")
            switch state {
            case .quoted: if isQuote { state = .quoteInQuoted }
            case .quoteInQuoted where isQuote, .fieldStart where isQuote: state = .quoted
            case .fieldStart, .plain, .quoteInQuoted:
                if byte == UInt8(ascii: "\n") {
                    ends.append(index + 1)
                    state = .fieldStart
                } else {
                    state = byte == UInt8(ascii: ",") ? .fieldStart : .plain
                }
            }
        }
        return ends
    }
}
