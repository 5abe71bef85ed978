extension Bitmap {
    public func union(_ other: Bitmap) -> Bitmap {
        precondition(count == other.count, "bitmaps of one batch have one length")
        let result = Bitmap(buffer: Buffer(capacity: Bitmap.bytes(for: count)), count: count)
        for word in 0..<wordCount { result.words[word] = words[word] | other.words[word] }
        return result
    }

    /// The bits that are 1 here and 0 in `other`.
    public func subtracting(_ other: Bitmap) -> Bitmap {
        precondition(count == other.count, "bitmaps of one batch have one length")
        let result = Bitmap(buffer: Buffer(capacity: Bitmap.bytes(for: count)), count: count)
        for word in 0..<wordCount { result.words[word] = words[word] & ~other.words[word] }
        return result
    }

    /// The word with the bits behind `count` cleared.
    @inlinable public func definedWord(_ word: Int) -> UInt64 {
        let left = count &- word &* 64
        return left >= 64 ? words[word] : words[word] & ((1 << UInt64(left)) &- 1)
    }

    /// Whether no bit is 1.
    public var isEmpty: Bool {
        for word in 0..<wordCount where definedWord(word) != 0 { return false }
        return true
    }

    /// Calls `body` with the index of each 1, ascending.
    @inlinable @inline(__always)
    public func forEachOne(_ body: (Int) throws -> Void) rethrows {
        for word in 0..<wordCount {
            var remaining = definedWord(word)
            while remaining != 0 {
                try body(word &* 64 &+ remaining.trailingZeroBitCount)
                remaining &= remaining &- 1
            }
        }
    }

    /// Calls `body` with the index of each 0, ascending.
    @inlinable @inline(__always)
    public func forEachZero(_ body: (Int) throws -> Void) rethrows {
        for word in 0..<wordCount {
            let left = count &- word &* 64
            var remaining = ~words[word]
            if left < 64 { remaining &= (1 << UInt64(left)) &- 1 }
            while remaining != 0 {
                try body(word &* 64 &+ remaining.trailingZeroBitCount)
                remaining &= remaining &- 1
            }
        }
    }
}
