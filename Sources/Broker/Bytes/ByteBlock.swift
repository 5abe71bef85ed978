import Glibc

/// Bytes on the heap that grow up to a bound and free themselves.
final class ByteBlock {
    private var base: UnsafeMutableRawPointer?
    private(set) var capacity = 0
    /// How many bytes hold something.
    var count = 0

    init(capacity: Int) {
        base = malloc(max(capacity, 1))
        self.capacity = base == nil ? 0 : max(capacity, 1)
    }

    deinit { free(base) }

    /// Lends what is filled; it must not leave `body`.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// The room behind what is filled.
    var room: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: base.map { $0 + count }, count: capacity - count)
    }

    /// Doubles the room, to `limit` at most; at the limit it fails.
    func grow(limit: Int) throws(RecordError) {
        guard capacity < limit else { throw .tooLarge(limit: limit) }
        try reserve(min(max(capacity * 2, 1 << 12), limit), limit: limit)
    }

    /// Makes room for `wanted` bytes in all.
    func reserve(_ wanted: Int, limit: Int) throws(RecordError) {
        guard wanted <= limit else { throw .tooLarge(limit: limit) }
        guard wanted > capacity else { return }
        guard let grown = realloc(base, wanted) else { throw .tooLarge(limit: limit) }
        base = grown
        capacity = wanted
    }
}
