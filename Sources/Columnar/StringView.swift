import Glibc

/// Sixteen bytes that stand for one STRING or BYTES value: Arrow's view layout.
///
/// ```
/// short (≤ 12 bytes)  | length: UInt32 | the bytes, zero-padded to 12            |
/// long                | length: UInt32 | first 4 bytes | buffer: UInt32 | offset: UInt32 |
/// ```
/// `buffer` indexes `Column.dataBuffers`. Two equal short strings have equal words, which is what makes
/// comparison and hashing of codes, types and ids cheap.
@frozen public struct StringView: Sendable {
    public var low: UInt64
    public var high: UInt64

    @inlinable public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The empty string.
    @inlinable public init() {
        low = 0
        high = 0
    }

    public static let inlineLimit = 12

    /// A view of `length` bytes at `offset` in data buffer `buffer`, which starts at `base`.
    ///
    /// Up to 16 bytes behind the value may be read (a `Buffer`'s padding allows it).
    @inlinable public init(
        base: UnsafeRawPointer, buffer: Int, offset: Int, length: Int
    ) {
        let start = base + offset
        if length <= 12 {
            self = StringView(short: start, length: length)
        } else {
            low =
                UInt64(UInt32(truncatingIfNeeded: length))
                | UInt64(start.loadUnaligned(as: UInt32.self)) << 32
            high =
                UInt64(UInt32(truncatingIfNeeded: buffer))
                | UInt64(UInt32(truncatingIfNeeded: offset)) << 32
        }
    }

    /// A view that holds its at most 12 bytes itself. Reads 12 bytes at `start` whatever the length.
    @inlinable public init(short start: UnsafeRawPointer, length: Int) {
        let first = UInt64(start.loadUnaligned(as: UInt32.self))
        let rest = (start + 4).loadUnaligned(as: UInt64.self)
        let lowMask: UInt64 = length >= 4 ? 0xFFFF_FFFF : (1 << UInt64(length &* 8)) &- 1
        let highMask: UInt64 =
            length >= 12 ? .max : length <= 4 ? 0 : (1 << UInt64((length &- 4) &* 8)) &- 1
        low = UInt64(length) | (first & lowMask) << 32
        high = rest & highMask
    }

    /// A view of a literal of at most 12 bytes; nil if it is longer.
    public init?(literal: String) {
        let bytes = Array(literal.utf8)
        guard bytes.count <= StringView.inlineLimit else { return nil }
        let padded = bytes + [UInt8](repeating: 0, count: 16 - bytes.count)
        self = padded.withUnsafeBytes { raw in
            // Proof: the array has 16 elements, so its base address is not nil.
            StringView(short: raw.baseAddress!, length: bytes.count)
        }
    }

    @inlinable public var length: Int { Int(UInt32(truncatingIfNeeded: low)) }
    @inlinable public var isInline: Bool { length <= 12 }
    @inlinable public var bufferIndex: Int { Int(UInt32(truncatingIfNeeded: high)) }
    @inlinable public var offset: Int { Int(high >> 32) }

    /// The same value seen from a column whose data buffers stand `shift` places later.
    @inlinable public func rebased(by shift: Int) -> StringView {
        if isInline || shift == 0 { return self }
        return StringView(low: low, high: high &+ UInt64(shift))
    }
}
