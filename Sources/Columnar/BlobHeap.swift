import Glibc

/// Byte strings of any length that belong to rows of fixed size, such as an aggregate's longest text.
///
/// A row holds an 8-byte reference at a known offset; eight zero bytes are the absent blob. The heap counts
/// what it holds, so that state memory can be bounded. Not thread-safe: one owner at a time.
public final class BlobHeap {
    /// Bytes held now, bookkeeping included.
    public private(set) var allocatedBytes = 0

    public init() {}

    /// In front of a block's bytes: how many they are and how many there is room for.
    private struct Header {
        var count: UInt32
        var capacity: UInt32
    }

    /// The bytes of the blob whose reference stands at `reference`; nil when it is absent.
    public func bytes(at reference: UnsafeRawPointer) -> UnsafeRawBufferPointer? {
        guard let block = reference.load(as: UnsafeMutableRawPointer?.self) else { return nil }
        return UnsafeRawBufferPointer(start: block + 8, count: Int(block.load(as: Header.self).count))
    }

    /// Replaces the blob whose reference stands at `reference`; `bytes` may be part of the old one.
    ///
    /// A blob has at most 4 GiB.
    public func replace(at reference: UnsafeMutableRawPointer, with bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count <= Int(UInt32.max) - 16, "a blob has at most 4 GiB")
        let old = reference.load(as: UnsafeMutableRawPointer?.self)
        if let old, bytes.count <= Int(old.load(as: Header.self).capacity) {
            if let base = bytes.baseAddress { memmove(old + 8, base, bytes.count) }
            old.storeBytes(of: UInt32(bytes.count), as: UInt32.self)
            return
        }
        // malloc hands out multiples of 16 less its own word of 8.
        let capacity = (bytes.count + 15) / 16 * 16
        guard let block = malloc(capacity + 8) else { preconditionFailure("out of memory") }
        block.storeBytes(
            of: Header(count: UInt32(bytes.count), capacity: UInt32(capacity)), as: Header.self)
        if let base = bytes.baseAddress { memcpy(block + 8, base, bytes.count) }
        allocatedBytes += capacity + 16
        release(at: reference)
        reference.storeBytes(of: block, as: UnsafeMutableRawPointer?.self)
    }

    /// The same, to be changed in place by the heap's one owner.
    public func mutableBytes(at reference: UnsafeMutableRawPointer) -> UnsafeMutableRawBufferPointer? {
        guard let block = reference.load(as: UnsafeMutableRawPointer?.self) else { return nil }
        return UnsafeMutableRawBufferPointer(
            start: block + 8, count: Int(block.load(as: Header.self).count))
    }

    /// Puts `bytes`, which are not part of the heap, behind the blob's own; an absent blob begins with them.
    ///
    /// Room grows by doubling, so that n appends cost O(n). Such a blob has at most 2 GiB.
    public func append(at reference: UnsafeMutableRawPointer, _ bytes: UnsafeRawBufferPointer) {
        guard let old = reference.load(as: UnsafeMutableRawPointer?.self) else {
            return replace(at: reference, with: bytes)
        }
        let header = old.load(as: Header.self)
        let count = Int(header.count) + bytes.count
        precondition(count <= Int(UInt32.max) / 2 - 16, "a blob that grows has at most 2 GiB")
        var block = old
        if count > Int(header.capacity) {
            let capacity = (max(count, 2 * Int(header.capacity)) + 15) / 16 * 16
            guard let larger = realloc(old, capacity + 8) else { preconditionFailure("out of memory") }
            block = larger
            allocatedBytes += capacity - Int(header.capacity)
            block.storeBytes(of: UInt32(capacity), toByteOffset: 4, as: UInt32.self)
            reference.storeBytes(of: block, as: UnsafeMutableRawPointer?.self)
        }
        if let base = bytes.baseAddress { memcpy(block + 8 + Int(header.count), base, bytes.count) }
        block.storeBytes(of: UInt32(count), as: UInt32.self)
    }

    /// Frees the blob, if there is one, and makes it absent.
    public func release(at reference: UnsafeMutableRawPointer) {
        guard let block = reference.load(as: UnsafeMutableRawPointer?.self) else { return }
        allocatedBytes -= Int(block.load(as: Header.self).capacity) + 16
        free(block)
        reference.storeBytes(of: nil, as: UnsafeMutableRawPointer?.self)
    }
}
