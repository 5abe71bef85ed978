import Glibc

/// Bits for rows, least significant first, as Arrow lays out validity and booleans: 1 is valid or true.
///
/// The bits behind `count` in the last word are not defined.
public struct Bitmap: @unchecked Sendable {
    public let buffer: Buffer
    public let count: Int

    public init(buffer: Buffer, count: Int) {
        precondition(buffer.capacity * 8 >= count, "a bitmap's buffer holds its bits")
        self.buffer = buffer
        self.count = count
    }

    /// `count` bits, all of them `value`.
    public init(repeating value: Bool, count: Int) {
        buffer = Buffer(capacity: Bitmap.bytes(for: count))
        memset(buffer.pointer, value ? 0xFF : 0, buffer.capacity)
        self.count = count
    }

    /// Bytes for `count` bits, in whole 64-bit words.
    public static func bytes(for count: Int) -> Int { (count + 63) / 64 * 8 }

    @inlinable public var words: UnsafeMutablePointer<UInt64> {
        buffer.pointer.assumingMemoryBound(to: UInt64.self)
    }

    @inlinable public var wordCount: Int { (count + 63) / 64 }

    @inlinable public subscript(index: Int) -> Bool {
        (words[index >> 6] >> UInt64(index & 63)) & 1 != 0
    }

    /// Only while the bitmap is being built by its one owner.
    @inlinable public func set(_ index: Int) { words[index >> 6] |= 1 << UInt64(index & 63) }
    @inlinable public func clear(_ index: Int) { words[index >> 6] &= ~(1 << UInt64(index & 63)) }

    @inlinable public func assign(_ index: Int, _ value: Bool) {
        if value { set(index) } else { clear(index) }
    }

    /// How many bits are 1.
    public var countOfOnes: Int {
        var ones = 0
        let full = count >> 6
        for word in 0..<full { ones += words[word].nonzeroBitCount }
        if count & 63 != 0 {
            ones += (words[full] & ((1 << UInt64(count & 63)) - 1)).nonzeroBitCount
        }
        return ones
    }

    public func intersection(_ other: Bitmap) -> Bitmap {
        precondition(count == other.count, "bitmaps of one batch have one length")
        let result = Bitmap(repeating: false, count: count)
        for word in 0..<wordCount { result.words[word] = words[word] & other.words[word] }
        return result
    }

    /// Rows valid in both, where nil stands for «all valid».
    public static func intersection(_ left: Bitmap?, _ right: Bitmap?) -> Bitmap? {
        switch (left, right) {
        case (nil, let only), (let only, nil): return only
        case (let left?, let right?): return left.intersection(right)
        }
    }

    public var inverted: Bitmap {
        let result = Bitmap(repeating: false, count: count)
        for word in 0..<wordCount { result.words[word] = ~words[word] }
        return result
    }
}
