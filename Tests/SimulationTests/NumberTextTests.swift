import Testing

@testable import Simulation

@Suite("Numbers as text")
struct NumberTextTests {
    private func written(_ body: (inout UnsafeMutableRawPointer) -> Void) -> String {
        var buffer = LineBuffer()
        var cursor = buffer.reserve(64)
        body(&cursor)
        buffer.commit(to: cursor)
        return buffer.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test("decimals are those of String", arguments: [0, 1, 9, 10, 99, 12_345, UInt64.max, UInt64.max / 10])
    func decimals(value: UInt64) {
        #expect(written { NumberText.write(value, to: &$0) } == String(value))
    }

    @Test("widths pad with zeros")
    func widths() {
        #expect(written { NumberText.write(7, width: 4, to: &$0) } == "0007")
        #expect(written { NumberText.write(12_345, width: 4, to: &$0) } == "12345")
    }

    @Test(
        "amounts have two decimals", arguments: [(0, "0.00"), (5, "0.05"), (1999, "19.99"), (-120, "-1.20")])
    func amounts(cents: Int64, text: String) {
        #expect(written { NumberText.write(cents: cents, to: &$0) } == text)
    }

    @Test("hexadecimal digits and UUIDs are those of String, seed 5")
    func hexadecimal() {
        var random = RandomSource(seed: 5)
        for _ in 0..<1000 {
            let (high, low) = (random.next(), random.next())
            func digits(_ value: UInt64) -> String {
                let digits = String(value, radix: 16)
                return String(repeating: "0", count: 16 - digits.count) + digits
            }
            #expect(written { NumberText.write(hex: high, to: &$0) } == digits(high))
            let uuid = written { NumberText.write(uuid: high, low, to: &$0) }
            #expect(uuid.filter { $0 != "-" } == digits(high) + digits(low))
            #expect(uuid.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
        }
    }
}
