import Glibc

/// Finds bytes in memory, forwards and backwards.
enum ByteSearch {
    static let lineEnd = UInt8(ascii: "\n")

    /// Index of the first `byte` in `start ..< end` of what `base` points to.
    static func first(_ byte: UInt8, in base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int? {
        guard start < end, let found = memchr(base + start, Int32(byte), end - start) else { return nil }
        return UnsafeRawPointer(found) - base
    }

    /// Index of the last `byte` in `start ..< end` of what `base` points to.
    static func last(_ byte: UInt8, in base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int? {
        var index = end
        let wanted = SIMD16<UInt8>(repeating: byte)
        // Blocks without the byte are passed over; the block that has it is looked at byte by byte.
        while index - start >= 16 {
            let block = (base + index - 16).loadUnaligned(as: SIMD16<UInt8>.self)
            if any(block .== wanted) { break }
            index -= 16
        }
        while index > start {
            index -= 1
            if base.load(fromByteOffset: index, as: UInt8.self) == byte { return index }
        }
        return nil
    }
}
