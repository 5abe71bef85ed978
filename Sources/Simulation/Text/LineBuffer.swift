/// A growing run of bytes that lines are written into, in place and without a `String` per line.
///
/// ```
/// [ count bytes written | room of the reserved bytes, at least | … ]
/// ```
/// A writer reserves room for the longest line it can make, writes through a raw pointer and commits
/// where it stopped. One owner, freed with it.
public struct LineBuffer: ~Copyable {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    /// Bytes written and not yet cleared.
    public private(set) var count = 0

    public init(capacity: Int = 1 << 16) {
        self.capacity = max(capacity, 64)
        base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    /// Calls `body` with the bytes written; the pointer must not leave the call.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Forgets the bytes, keeps the memory.
    public mutating func clear() { count = 0 }

    /// Adds bytes as they are.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        let cursor = reserve(bytes.count)
        let target = UnsafeMutableRawBufferPointer(start: cursor, count: bytes.count)
        target.copyBytes(from: bytes)
        count += bytes.count
    }

    /// Room for at least `room` bytes at the end; valid until the next call that changes the buffer.
    @inline(__always)
    mutating func reserve(_ room: Int) -> UnsafeMutableRawPointer {
        if capacity - count < room { grow(room) }
        return base + count
    }

    /// Takes the bytes up to `end`, which lies in the room last reserved.
    @inline(__always)
    mutating func commit(to end: UnsafeMutableRawPointer) {
        count = end - base
        assert(count <= capacity)
    }

    /// Forgets the first bytes and moves the others to the front.
    mutating func removeFirst(_ removed: Int) {
        precondition((0...count).contains(removed), "more bytes removed than are there")
        base.copyMemory(from: base + removed, byteCount: count - removed)
        count -= removed
    }

    @inline(never)
    private mutating func grow(_ room: Int) {
        let larger = max(capacity * 2, count + room)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        moved.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = moved
        capacity = larger
    }
}
