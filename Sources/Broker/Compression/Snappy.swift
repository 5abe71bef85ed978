import CSnappy

/// Snappy blocks, bare (librdkafka, Go) or in the framing of Java's snappy library.
///
/// That framing: `82 "SNAPPY" 00`, version i32, lowest version i32, then blocks behind their length i32.
enum Snappy {
    private static let magic: [UInt8] = [0x82, 0x53, 0x4E, 0x41, 0x50, 0x50, 0x59, 0x00]
    private static let framingHeaderByteCount = 16
    private static let framedBlockByteCount = 32 << 10

    /// Java's framing: every client reads it, and some only it.
    static func pack(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        var writer = ByteWriter()
        writer.append(magic)
        writer.number(Int32(1))
        writer.number(Int32(1))
        var start = 0
        repeat {
            let end = min(start + framedBlockByteCount, bytes.count)
            guard let block = packBlock(UnsafeRawBufferPointer(rebasing: bytes[start..<end])) else {
                return nil
            }
            writer.number(Int32(block.count))
            writer.append(block)
            start = end
        } while start < bytes.count
        return writer.bytes
    }

    static func packBlock(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        var length = snappy_max_compressed_length(bytes.count)
        var isPacked = false
        let packed = [UInt8](unsafeUninitializedCapacity: length) { target, count in
            // An empty buffer may have no address, which the library does not take.
            let source = bytes.baseAddress ?? UnsafeRawPointer(target.baseAddress)
            guard let source, let base = target.baseAddress else { return }
            isPacked =
                snappy_compress(
                    source.assumingMemoryBound(to: CChar.self), bytes.count,
                    UnsafeMutableRawPointer(base).assumingMemoryBound(to: CChar.self), &length) == SNAPPY_OK
            count = isPacked ? length : 0
        }
        return isPacked ? packed : nil
    }

    static func unpack(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(RecordError) -> ByteBlock {
        let block = ByteBlock(capacity: 0)
        guard bytes.count >= framingHeaderByteCount, bytes.prefix(magic.count).elementsEqual(magic) else {
            try unpackBlock(bytes, into: block, limit: limit)
            return block
        }
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[framingHeaderByteCount...]))
        do throws(RecordError) {
            while !reader.isAtEnd {
                let length = Int(try reader.number(Int32.self))
                try unpackBlock(try reader.take(length), into: block, limit: limit)
            }
        } catch .incomplete {
            throw .corrupt("snappy data that break off")
        }
        return block
    }

    private static func unpackBlock(
        _ bytes: UnsafeRawBufferPointer, into block: ByteBlock, limit: Int
    ) throws(RecordError) {
        guard let base = bytes.baseAddress else { throw .corrupt("snappy data that break off") }
        let source = base.assumingMemoryBound(to: CChar.self)
        var length = 0
        guard snappy_uncompressed_length(source, bytes.count, &length) == SNAPPY_OK else {
            throw .corrupt("snappy data")
        }
        guard length >= 0, length <= limit - block.count else { throw .tooLarge(limit: limit) }
        // A byte of snappy data makes 64 at most, about; more is a false length.
        guard length <= bytes.count.multipliedReportingOverflow(by: 64).partialValue else {
            throw .corrupt("snappy data")
        }
        try block.reserve(max(block.count + length, 1), limit: max(limit, 1))
        let target = block.room.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard snappy_uncompress(source, bytes.count, target, &length) == SNAPPY_OK else {
            throw .corrupt("snappy data")
        }
        block.count += length
    }
}
