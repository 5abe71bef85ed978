import Glibc

/// Bytes being put together, in memory that grows and is kept for the next use.
final class ByteBuffer {
    private(set) var pointer: UnsafeMutableRawPointer
    private(set) var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = max(capacity, 64)
        pointer = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { pointer.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: pointer, count: count) }

    func removeAll() { count = 0 }

    /// Makes room behind what is there and counts it as used; the bytes there are undefined.
    func extend(by bytes: Int) -> UnsafeMutableRawPointer {
        if count + bytes > capacity { reserve(count + bytes) }
        count += bytes
        return pointer + (count - bytes)
    }

    func append(_ start: UnsafeRawPointer, _ bytes: Int) {
        memcpy(extend(by: bytes), start, bytes)
    }

    func reserve(_ bytes: Int) {
        guard bytes > capacity else { return }
        let grown = UnsafeMutableRawPointer.allocate(byteCount: max(bytes, capacity * 2), alignment: 16)
        memcpy(grown, pointer, count)
        pointer.deallocate()
        pointer = grown
        capacity = max(bytes, capacity * 2)
    }
}
