import CSnappy
import CZlib
import CZstd
import Columnar
import Formats

/// How the blocks of an Avro container file are packed.
enum AvroCodec: String, CaseIterable {
    case null
    case deflate
    case snappy
    case zstandard

    /// Blocks that unpack to more are refused: a few bytes may stand for any number of zeros.
    static let sizeLimit = 256 << 20

    /// A block that can't be unpacked.
    struct Damage: Error {
        let reason: String
    }

    /// The values of a block and how many bytes they are.
    func unpack(_ packed: UnsafeRawBufferPointer) throws(Damage) -> (data: Buffer, length: Int) {
        switch self {
        case .null: return (Buffer(copying: packed), packed.count)
        case .deflate: return try inflate(packed)
        case .snappy: return try unsnap(packed)
        case .zstandard: return try unpackZstandard(packed)
        }
    }

    /// RFC 1951 without a header, as the specification has it.
    private func inflate(_ packed: UnsafeRawBufferPointer) throws(Damage) -> (data: Buffer, length: Int) {
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Damage(reason: "zlib could not be started")
        }
        defer { inflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(
            mutating: packed.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(packed.count)
        var data = Buffer(capacity: min(max(packed.count * 4, 1 << 16), Self.sizeLimit))
        var length = 0
        while true {
            stream.next_out = (data.pointer + length).assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(data.capacity - length)
            let code = CZlib.inflate(&stream, Z_NO_FLUSH)
            length = data.capacity - Int(stream.avail_out)
            if code == Z_STREAM_END { return (data, length) }
            guard code == Z_OK || code == Z_BUF_ERROR, stream.avail_out == 0 else {
                throw Damage(reason: "the deflated data are damaged")
            }
            data = try larger(data, length)
        }
    }

    private func larger(_ data: Buffer, _ length: Int) throws(Damage) -> Buffer {
        guard data.capacity < Self.sizeLimit else {
            throw Damage(reason: "it unpacks to more than \(Self.sizeLimit >> 20) MiB")
        }
        return data.grown(to: min(data.capacity * 2, Self.sizeLimit), keeping: length)
    }

    /// A snappy block, and behind it the CRC-32 of what it unpacks to.
    private func unsnap(_ packed: UnsafeRawBufferPointer) throws(Damage) -> (data: Buffer, length: Int) {
        guard packed.count >= 4, let base = packed.baseAddress else {
            throw Damage(reason: "the snappy data are damaged")
        }
        let source = base.assumingMemoryBound(to: CChar.self)
        var length = 0
        guard snappy_uncompressed_length(source, packed.count - 4, &length) == SNAPPY_OK else {
            throw Damage(reason: "the snappy data are damaged")
        }
        guard length <= Self.sizeLimit else {
            throw Damage(reason: "it unpacks to more than \(Self.sizeLimit >> 20) MiB")
        }
        let data = Buffer(capacity: length)
        let target = data.pointer.assumingMemoryBound(to: CChar.self)
        guard snappy_uncompress(source, packed.count - 4, target, &length) == SNAPPY_OK else {
            throw Damage(reason: "the snappy data are damaged")
        }
        let expected = UInt32(bigEndian: (base + (packed.count - 4)).loadUnaligned(as: UInt32.self))
        let sum = crc32(0, data.pointer.assumingMemoryBound(to: UInt8.self), UInt32(length))
        guard UInt32(truncatingIfNeeded: sum) == expected else {
            throw Damage(reason: "the checksum of the snappy data is wrong")
        }
        return (data, length)
    }

    private func unpackZstandard(
        _ packed: UnsafeRawBufferPointer
    ) throws(Damage) -> (data: Buffer, length: Int) {
        guard let stream = ZSTD_createDStream() else { throw Damage(reason: "zstd could not be started") }
        defer { ZSTD_freeDStream(stream) }
        var source = ZSTD_inBuffer(src: packed.baseAddress, size: packed.count, pos: 0)
        var data = Buffer(capacity: min(max(packed.count * 4, 1 << 16), Self.sizeLimit))
        var length = 0
        while true {
            var target = ZSTD_outBuffer(dst: data.pointer, size: data.capacity, pos: length)
            let code = ZSTD_decompressStream(stream, &target, &source)
            length = target.pos
            if ZSTD_isError(code) != 0 { throw Damage(reason: "the zstd data are damaged") }
            if code == 0, source.pos == source.size { return (data, length) }
            if length == data.capacity {
                data = try larger(data, length)
            } else if source.pos == source.size {
                throw Damage(reason: "the zstd data break off")
            }
        }
    }
}
