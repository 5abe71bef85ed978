import CZlib

/// gzip members (RFC 1952), one after the other.
enum Gzip {
    // zlib's macros `inflateInit2` and `deflateInit2` do not reach Swift: these are what they call.
    private static let gzipWindow: Int32 = 15 + 16
    private static let streamSize = Int32(MemoryLayout<z_stream>.size)

    static func pack(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        guard bytes.count <= Int(UInt32.max) / 2 else { return nil }
        var stream = z_stream()
        guard
            deflateInit2_(
                &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzipWindow, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                streamSize) == Z_OK
        else { return nil }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        return [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            stream.next_in = UnsafeMutablePointer(
                mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.avail_in = UInt32(bytes.count)
            stream.next_out = target.baseAddress
            stream.avail_out = UInt32(bound)
            _ = deflate(&stream, Z_FINISH)
            count = bound - Int(stream.avail_out)
        }
    }

    static func unpack(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(RecordError) -> ByteBlock {
        var stream = z_stream()
        guard inflateInit2_(&stream, gzipWindow, ZLIB_VERSION, streamSize) == Z_OK else {
            throw .tooLarge(limit: limit)
        }
        defer { inflateEnd(&stream) }
        guard bytes.count <= Int(UInt32.max) else { throw .tooLarge(limit: Int(UInt32.max)) }
        stream.next_in = UnsafeMutablePointer(
            mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(bytes.count)
        let block = ByteBlock(capacity: Compression.firstGuess(packed: bytes.count, limit: limit))
        while true {
            if block.room.isEmpty { try block.grow(limit: limit) }
            let room = min(block.room.count, Int(UInt32.max))
            stream.next_out = block.room.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(room)
            let code = inflate(&stream, Z_NO_FLUSH)
            block.count += room - Int(stream.avail_out)
            switch code {
            case Z_STREAM_END:
                if stream.avail_in == 0 { return block }
                // The next member.
                guard inflateReset(&stream) == Z_OK else { throw .corrupt("gzip data") }
            case Z_OK, Z_BUF_ERROR:
                if stream.avail_in == 0, stream.avail_out > 0 { throw .corrupt("gzip data that break off") }
            default: throw .corrupt("gzip data")
            }
        }
    }
}
