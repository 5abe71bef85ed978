/// How the records of a batch are packed; the raw value is what the batch's attributes say.
///
/// Unpacking allocates `limit` bytes at most (and the library's own window: 8 MiB), and throws `tooLarge`
/// where that is not enough.
enum Compression: Int16, CaseIterable {
    case none = 0
    case gzip = 1
    case snappy = 2
    case lz4 = 3
    case zstd = 4

    func pack(_ bytes: [UInt8]) throws(RecordError) -> [UInt8] {
        var packed: [UInt8]?
        bytes.withUnsafeBytes { bytes in
            switch self {
            case .none: packed = Array(bytes)
            case .gzip: packed = Gzip.pack(bytes)
            case .snappy: packed = Snappy.pack(bytes)
            case .lz4: packed = LZ4.pack(bytes)
            case .zstd: packed = Zstandard.pack(bytes)
            }
        }
        guard let packed else { throw .tooLarge(limit: bytes.count) }
        return packed
    }

    func unpack(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(RecordError) -> ByteBlock {
        switch self {
        case .none:
            let block = ByteBlock(capacity: 0)
            try block.append(bytes, limit: limit)
            return block
        case .gzip: return try Gzip.unpack(bytes, limit: limit)
        case .snappy: return try Snappy.unpack(bytes, limit: limit)
        case .lz4: return try LZ4.unpack(bytes, limit: limit)
        case .zstd: return try Zstandard.unpack(bytes, limit: limit)
        }
    }

    /// What to allocate first for `packed` bytes: few batches shrink to less than a quarter.
    static func firstGuess(packed: Int, limit: Int) -> Int {
        min(max(packed.multipliedReportingOverflow(by: 4).partialValue, 1 << 12), limit)
    }
}

extension ByteBlock {
    func append(_ run: UnsafeRawBufferPointer, limit: Int) throws(RecordError) {
        guard run.count <= limit - count else { throw .tooLarge(limit: limit) }
        try reserve(count + run.count, limit: limit)
        room.copyMemory(from: run)
        count += run.count
    }
}
