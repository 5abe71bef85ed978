import Columnar
import Glibc

/// A growing run of bytes: what encoders append to.
///
/// Lives in a `Buffer`, so that the result is handed on without copying. One owner at a time.
public final class ByteWriter {
    private var buffer: Buffer
    private var start: UnsafeMutableRawPointer
    /// Bytes written so far.
    public private(set) var count = 0

    public init(capacity: Int = 256) {
        buffer = Buffer(capacity: max(64, capacity))
        start = buffer.pointer
    }

    /// The bytes so far, valid until the next change.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    /// Forgets the bytes and keeps the room.
    public func removeAll() { count = 0 }

    /// Forgets the bytes from `newCount` on.
    public func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= count, "a writer is cut within what it holds")
        count = newCount
    }

    /// The buffer with all bytes so far; the writer begins anew with a buffer of its own.
    ///
    /// Only the first `count` bytes, as they were before the call, mean anything.
    public func take() -> Buffer {
        let taken = buffer
        memset(taken.pointer + count, 0, min(Buffer.padding, taken.capacity - count))
        buffer = Buffer(capacity: max(64, count))
        start = buffer.pointer
        count = 0
        return taken
    }

    public func append(_ byte: UInt8) {
        reserve(1)
        start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count &+= 1
    }

    public func append(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        append(base, count: bytes.count)
    }

    public func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    public func append(_ text: StaticString) {
        append(UnsafeRawPointer(text.utf8Start), count: text.utf8CodeUnitCount)
    }

    /// All bytes as text; bytes that are not UTF-8 are mended with U+FFFD.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    // MARK: For encoders, which reserve once and then write without checks.

    /// Makes room for `more` bytes.
    func reserve(_ more: Int) {
        if count &+ more > buffer.capacity { grow(more) }
    }

    @inline(never) private func grow(_ more: Int) {
        let needed = count + more
        buffer = buffer.enlarged(to: max(needed, buffer.capacity * 2), keeping: count)
        start = buffer.pointer
    }

    /// Where the next byte goes; only behind `reserve`.
    var end: UnsafeMutableRawPointer { start + count }

    /// Takes over `written` bytes that were put at `end`.
    func advance(_ written: Int) { count &+= written }

    func append(_ base: UnsafeRawPointer, count length: Int) {
        reserve(length)
        memcpy(start + count, base, length)
        count &+= length
    }
}

extension Buffer {
    /// A copy of the first `kept` bytes in a larger buffer; unlike `grown`, what lies behind is not cleared.
    func enlarged(to newCapacity: Int, keeping kept: Int) -> Buffer {
        let larger = Buffer(capacity: newCapacity)
        memcpy(larger.pointer, pointer, kept)
        return larger
    }
}
