import Columnar
import Glibc

/// A growing run of bytes in network order: what a COPY sends. One owner at a time.
final class WireWriter {
    private var start: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 4096) {
        self.capacity = max(64, capacity)
        start = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { start.deallocate() }

    /// The bytes so far, valid until the next change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    func truncate(to newCount: Int) { count = newCount }

    /// Makes room for `more` bytes.
    @inline(__always)
    func reserve(_ more: Int) { if count &+ more > capacity { grow(more) } }

    @inline(never) private func grow(_ more: Int) {
        let larger = max(count + more, capacity * 2)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        memcpy(moved, start, count)
        start.deallocate()
        start = moved
        capacity = larger
    }

    @inline(__always) func append(_ value: UInt8) {
        reserve(1)
        start.storeBytes(of: value, toByteOffset: count, as: UInt8.self)
        count &+= 1
    }

    @inline(__always) func append(_ value: Int16) {
        reserve(2)
        start.storeBytes(of: value.bigEndian, toByteOffset: count, as: Int16.self)
        count &+= 2
    }

    @inline(__always) func append(_ value: Int32) {
        reserve(4)
        start.storeBytes(of: value.bigEndian, toByteOffset: count, as: Int32.self)
        count &+= 4
    }

    @inline(__always) func append(_ value: Int64) {
        reserve(8)
        start.storeBytes(of: value.bigEndian, toByteOffset: count, as: Int64.self)
        count &+= 8
    }

    @inline(__always) func append(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        reserve(bytes.count)
        memcpy(start + count, base, bytes.count)
        count &+= bytes.count
    }

    /// Puts the number of bytes behind `place` + 4 there: the length of a value that has been written.
    func setLength(at place: Int) {
        let length = Int32(truncatingIfNeeded: count - place - 4)
        start.storeBytes(of: length.bigEndian, toByteOffset: place, as: Int32.self)
    }

    func set(_ value: Int16, at place: Int) {
        start.storeBytes(of: value.bigEndian, toByteOffset: place, as: Int16.self)
    }
}
