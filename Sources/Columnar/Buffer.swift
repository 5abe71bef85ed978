import Glibc

/// A block of raw memory that its last owner frees.
///
/// Aligned to 64 bytes. At least `Buffer.padding` bytes behind `capacity` may be read, so that kernels can
/// load whole words at the end. Written by one owner while it is built, then shared and never changed.
public final class Buffer: @unchecked Sendable {
    public static let padding = 64

    public let pointer: UnsafeMutableRawPointer
    /// Bytes that may be written.
    public let capacity: Int

    /// Allocates `capacity` bytes. They are not cleared unless `zeroed`; the padding always is.
    public init(capacity: Int, zeroed: Bool = false) {
        precondition(capacity >= 0, "a buffer's capacity is not negative")
        let bytes = capacity + Buffer.padding
        pointer = BufferPool.allocate(bytes)
        self.capacity = capacity
        if zeroed {
            memset(pointer, 0, bytes)
        } else {
            memset(pointer + capacity, 0, Buffer.padding)
        }
    }

    /// Copies `bytes` into a new buffer.
    public convenience init(copying bytes: UnsafeRawBufferPointer) {
        self.init(capacity: bytes.count)
        if let base = bytes.baseAddress { memcpy(pointer, base, bytes.count) }
    }

    deinit { BufferPool.free(pointer, capacity + Buffer.padding) }

    /// A copy of the first `count` bytes in a buffer of a larger capacity; the rest is zero.
    public func grown(to newCapacity: Int, keeping count: Int) -> Buffer {
        let grown = Buffer(capacity: newCapacity)
        memcpy(grown.pointer, pointer, count)
        memset(grown.pointer + count, 0, newCapacity - count)
        return grown
    }
}
