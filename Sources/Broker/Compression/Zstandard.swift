import CZstd

/// zstd frames (RFC 8878).
enum Zstandard {
    /// 8 MiB, what every decoder must take; a greater window would let a few bytes ask for much memory.
    private static let windowLogLimit: Int32 = 23

    static func pack(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        let bound = ZSTD_compressBound(bytes.count)
        var isPacked = false
        let packed = [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            let code = ZSTD_compress(target.baseAddress, bound, bytes.baseAddress, bytes.count, 3)
            isPacked = ZSTD_isError(code) == 0
            count = isPacked ? code : 0
        }
        return isPacked ? packed : nil
    }

    static func unpack(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(RecordError) -> ByteBlock {
        guard let stream = ZSTD_createDStream() else { throw .tooLarge(limit: limit) }
        defer { ZSTD_freeDStream(stream) }
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, windowLogLimit)
        let block = ByteBlock(capacity: Compression.firstGuess(packed: bytes.count, limit: limit))
        var source = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        while true {
            if block.room.isEmpty { try block.grow(limit: limit) }
            var target = ZSTD_outBuffer(dst: block.room.baseAddress, size: block.room.count, pos: 0)
            let code = ZSTD_decompressStream(stream, &target, &source)
            block.count += target.pos
            if ZSTD_isError(code) != 0 { throw .corrupt("zstd data") }
            if code == 0, source.pos == source.size { return block }
            if source.pos == source.size, target.pos < target.size {
                throw .corrupt("zstd data that break off")
            }
        }
    }
}
