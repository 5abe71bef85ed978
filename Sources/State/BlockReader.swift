import Glibc

/// The block that was read last, checked.
final class BlockReader {
    private let buffer = ByteBuffer(capacity: StateFormat.blockBytes + StateFormat.blockHeaderBytes)
    /// The serial of the block's file; 0 when there is no block.
    private var file: UInt64 = 0
    private var offset = -1
    private(set) var recordCount = 0

    var memoryBytes: Int { buffer.capacity }

    /// The block's records.
    var records: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: buffer.pointer + StateFormat.blockHeaderBytes,
            count: buffer.count - StateFormat.blockHeaderBytes)
    }

    /// Reads the block of `count` bytes, header included, at `offset` of the file, unless it is here already.
    func read(_ file: SegmentFile, at offset: Int, count: Int) throws(StateError) {
        if self.file == file.serial, self.offset == offset { return }
        self.file = 0
        guard count >= StateFormat.blockHeaderBytes else {
            throw .corrupt(path: file.path, reason: "the block at byte \(offset) is too short")
        }
        buffer.removeAll()
        let start = buffer.extend(by: count)
        try file.read(at: offset, into: UnsafeMutableRawBufferPointer(start: start, count: count))
        recordCount = try BlockReader.check(UnsafeRawBufferPointer(start: start, count: count), file, offset)
        self.file = file.serial
        self.offset = offset
    }

    /// How many records the block has, if it is as it was written.
    static func check(
        _ block: UnsafeRawBufferPointer, _ file: SegmentFile, _ offset: Int
    ) throws(StateError) -> Int {
        let bytes = block.count - StateFormat.blockHeaderBytes
        let records = block.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
        guard Int(block.loadUnaligned(as: UInt32.self)) == bytes, let base = block.baseAddress,
            block.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                == StateFormat.blockChecksum(base + StateFormat.blockHeaderBytes, records, bytes)
        else {
            throw .corrupt(path: file.path, reason: "the block at byte \(offset) does not match its checksum")
        }
        return Int(records)
    }
}
