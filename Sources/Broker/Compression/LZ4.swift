import CLZ4

/// LZ4 in its frame format; blocks of 64 KiB, as Java's client writes them.
enum LZ4 {
    static func pack(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        var preferences = LZ4F_preferences_t()
        preferences.frameInfo.blockSizeID = LZ4F_max64KB
        // Older clients read independent blocks only.
        preferences.frameInfo.blockMode = LZ4F_blockIndependent
        let bound = LZ4F_compressFrameBound(bytes.count, &preferences)
        var isPacked = false
        let packed = [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            let code = LZ4F_compressFrame(
                target.baseAddress, bound, bytes.baseAddress, bytes.count, &preferences)
            isPacked = LZ4F_isError(code) == 0
            count = isPacked ? code : 0
        }
        return isPacked ? packed : nil
    }

    static func unpack(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(RecordError) -> ByteBlock {
        var context: OpaquePointer?
        guard LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0 else {
            throw .tooLarge(limit: limit)
        }
        defer { LZ4F_freeDecompressionContext(context) }
        let block = ByteBlock(capacity: Compression.firstGuess(packed: bytes.count, limit: limit))
        var used = 0
        while true {
            if block.room.isEmpty { try block.grow(limit: limit) }
            var sourceSize = bytes.count - used
            var targetSize = block.room.count
            let code = LZ4F_decompress(
                context, block.room.baseAddress, &targetSize, bytes.baseAddress.map { $0 + used },
                &sourceSize,
                nil)
            guard LZ4F_isError(code) == 0 else { throw .corrupt("lz4 data") }
            used += sourceSize
            block.count += targetSize
            if code == 0, used == bytes.count { return block }
            if used == bytes.count, !block.room.isEmpty { throw .corrupt("lz4 data that break off") }
        }
    }

    /// The frame with its header's checksum as the format has it.
    ///
    /// Clients that write messages of format 0 compute it over the frame's magic too (KAFKA-3160). nil where
    /// there is no header to mend.
    static func mended(_ frame: UnsafeRawBufferPointer) -> [UInt8]? {
        guard frame.count >= 7 else { return nil }
        // With the size of the contents the descriptor is 8 bytes longer, with a dictionary's number 4.
        let flags = frame[4]
        let descriptor = 2 + (flags & 0x08 != 0 ? 8 : 0) + (flags & 0x01 != 0 ? 4 : 0)
        guard frame.count > 4 + descriptor else { return nil }
        let sum = xxHash32(UnsafeRawBufferPointer(rebasing: frame[4..<4 + descriptor]))
        var mended = Array(frame)
        mended[4 + descriptor] = UInt8(truncatingIfNeeded: sum >> 8)
        return mended
    }

    /// xxHash of fewer than 16 bytes, seed 0.
    private static func xxHash32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var hash = 0x1656_67B1 &+ UInt32(bytes.count)
        var position = 0
        while position + 4 <= bytes.count {
            let word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
            hash = hash &+ word &* 0xC2B2_AE3D
            hash = (hash << 17 | hash >> 15) &* 0x27D4_EB2F
            position += 4
        }
        while position < bytes.count {
            hash = hash &+ UInt32(bytes[position]) &* 0x1656_67B1
            hash = (hash << 11 | hash >> 21) &* 0x9E37_79B1
            position += 1
        }
        hash = (hash ^ hash >> 15) &* 0x85EB_CA77
        hash = (hash ^ hash >> 13) &* 0xC2B2_AE3D
        return hash ^ hash >> 16
    }
}
