/// Row numbers into a batch, as Int32, in the order in which they are to be taken.
public struct Selection: @unchecked Sendable {
    public let buffer: Buffer
    public let count: Int

    public init(buffer: Buffer, count: Int) {
        precondition(buffer.capacity >= count * 4, "a selection's buffer holds its rows")
        self.buffer = buffer
        self.count = count
    }

    public init(_ rows: [Int32]) {
        buffer = rows.withUnsafeBytes { Buffer(copying: $0) }
        count = rows.count
    }

    @inlinable public var rows: UnsafeMutablePointer<Int32> {
        buffer.pointer.assumingMemoryBound(to: Int32.self)
    }

    /// The rows whose bit is 1, ascending.
    public init(ones bits: Bitmap) {
        let buffer = Buffer(capacity: bits.count * 4)
        let rows = buffer.pointer.assumingMemoryBound(to: Int32.self)
        var count = 0
        for word in 0..<bits.wordCount {
            var remaining = bits.words[word]
            let left = bits.count - word * 64
            if left < 64 { remaining &= (1 << UInt64(left)) - 1 }
            while remaining != 0 {
                rows[count] = Int32(truncatingIfNeeded: word &* 64 &+ remaining.trailingZeroBitCount)
                count &+= 1
                remaining &= remaining &- 1
            }
        }
        self.init(buffer: buffer, count: count)
    }

    /// The rows that are true and not NULL in a BOOLEAN column.
    public init(whereTrue column: Column) {
        self.init(ones: Bitmap.intersection(column.booleans, column.validity) ?? column.booleans)
    }
}
