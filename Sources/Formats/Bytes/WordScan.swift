/// Searches that look at eight bytes at once.
///
/// Each test sets bit 7 of the bytes that match. A borrow can set bits above the first match, never below it,
/// so only the lowest set bit may be used: `trailingZeroBitCount >> 3` is the place of the first match.
enum WordScan {
    static let ones: UInt64 = 0x0101_0101_0101_0101
    static let highs: UInt64 = 0x8080_8080_8080_8080

    @inline(__always) static func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* ones }

    /// Bytes of a JSON string that need a closer look: quote, backslash, below 0x20, above 0x7F.
    @inline(__always) static func jsonSpecials(_ word: UInt64) -> UInt64 {
        let quote = (word ^ (0x22 &* ones)) &- ones
        let backslash = (word ^ (0x5C &* ones)) &- ones
        let control = word &- (0x20 &* ones)
        return (quote | backslash | control | word) & highs
    }

    /// Bytes equal to the one that `pattern` repeats.
    @inline(__always) static func matches(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
        let difference = word ^ pattern
        return (difference &- ones) & ~difference & highs
    }

    /// As `matches`, but every bit counts, not only the lowest.
    @inline(__always) static func exactMatches(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
        let difference = word ^ pattern
        return ~(((difference & ~highs) &+ ~highs) | difference) & highs
    }

    @inline(__always) static func firstByte(_ marks: UInt64) -> Int { marks.trailingZeroBitCount >> 3 }

    @inline(__always) static func load(_ base: UnsafeRawPointer, _ index: Int) -> UInt64 {
        (base + index).loadUnaligned(as: UInt64.self)
    }

    @inline(__always) static func byte(_ base: UnsafeRawPointer, _ index: Int) -> UInt8 {
        base.load(fromByteOffset: index, as: UInt8.self)
    }

    /// Where `byte` stands last in `start..<end`.
    static func last(_ byte: UInt8, _ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int? {
        let pattern = repeated(byte)
        var index = end
        while index &- 8 >= start {
            let marks = exactMatches(load(base, index &- 8), pattern)
            if marks != 0 { return index &- 1 &- marks.leadingZeroBitCount >> 3 }
            index &-= 8
        }
        while index > start {
            index &-= 1
            if self.byte(base, index) == byte { return index }
        }
        return nil
    }

    /// Nothing but blanks, tabs and carriage returns.
    static func isBlank(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Bool {
        for index in start..<end {
            let byte = byte(base, index)
            if byte != 0x20 && byte != 0x09 && byte != 0x0D { return false }
        }
        return true
    }
}
