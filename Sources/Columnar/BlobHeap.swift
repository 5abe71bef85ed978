import Glibc

/// Byte strings of any length that belong to rows of fixed size, such as an aggregate's longest text.
///
/// A row holds an 8-byte reference at a known offset; eight zero bytes are the absent blob. The heap counts what
/// it holds, so that state memory can be bounded. Not thread-safe: one owner at a time.
public final class BlobHeap {
    /// Bytes held now, bookkeeping included.
    public private(set) var allocatedBytes = 0

    public init() {}

    /// The bytes of the blob whose reference stands at `reference`; nil when it is absent.
    public func bytes(at reference: UnsafeRawPointer) -> UnsafeRawBufferPointer? {
        guard let block = reference.load(as: UnsafeMutableRawPointer?.self) else { return nil }
        return UnsafeRawBufferPointer(start: block + 8, count: block.load(as: Int.self))
    }

    /// Replaces the blob whose reference stands at `reference`; `bytes` may be part of the old one.
    public func replace(at reference: UnsafeMutableRawPointer, with bytes: UnsafeRawBufferPointer) {
        let old = reference.load(as: UnsafeMutableRawPointer?.self)
        if let old, bytes.count <= malloc_usable_size(old) - 8 {
            if let base = bytes.baseAddress { memmove(old + 8, base, bytes.count) }
            old.storeBytes(of: bytes.count, as: Int.self)
            return
        }
        guard let block = malloc(bytes.count + 8) else { preconditionFailure("out of memory") }
        block.storeBytes(of: bytes.count, as: Int.self)
        if let base = bytes.baseAddress { memcpy(block + 8, base, bytes.count) }
        allocatedBytes += malloc_usable_size(block)
        release(at: reference)
        reference.storeBytes(of: block, as: UnsafeMutableRawPointer?.self)
    }

    /// Frees the blob, if there is one, and makes it absent.
    public func release(at reference: UnsafeMutableRawPointer) {
        guard let block = reference.load(as: UnsafeMutableRawPointer?.self) else { return }
        allocatedBytes -= malloc_usable_size(block)
        free(block)
        reference.storeBytes(of: nil, as: UnsafeMutableRawPointer?.self)
    }
}
