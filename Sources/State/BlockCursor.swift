import Columnar

/// Goes through blocks of a file from first to last, reading many at a time.
final class BlockCursor: SectionCursor {
    private static let readBytes = 128 << 10

    let file: SegmentFile
    private let format: RecordFormat?
    private let buffer: ByteBuffer
    /// Where in the file the next read starts, and where what is gone through ends.
    private var offset: Int
    private let end: Int
    /// Within the buffer: the current item, the end of its block, the start of the next block.
    private var position = 0
    private var blockEnd = 0
    private var recordsLeft = 0
    private(set) var size = 0
    private(set) var isAtEnd = false

    /// - Parameter format: of the records; nil where the items are timers.
    init(_ file: SegmentFile, _ start: Int, _ end: Int, _ format: RecordFormat?) throws(StateError) {
        self.file = file
        self.format = format
        self.end = end
        offset = start
        buffer = ByteBuffer(capacity: max(64, min(BlockCursor.readBytes, end - start)))
        try advance()
    }

    var item: UnsafeRawPointer { UnsafeRawPointer(buffer.pointer + position) }

    func advance() throws(StateError) {
        position += size
        size = 0
        while recordsLeft == 0 {
            if position == buffer.count, offset == end {
                isAtEnd = true
                return
            }
            try openBlock()
        }
        recordsLeft -= 1
        let limit = blockEnd - position
        let found = format.map { $0.size(of: item, limit: limit) } ?? StateFormat.timerBytes
        guard let found, found <= limit else {
            throw .corrupt(path: file.path, reason: "a record is longer than its block")
        }
        size = found
    }

    private func openBlock() throws(StateError) {
        position = max(position, blockEnd)
        try need(StateFormat.blockHeaderBytes)
        let bytes = Int(item.loadUnaligned(as: UInt32.self))
        try need(StateFormat.blockHeaderBytes + bytes)
        let block = UnsafeRawBufferPointer(start: item, count: StateFormat.blockHeaderBytes + bytes)
        recordsLeft = try BlockReader.check(block, file, offset - (buffer.count - position))
        position += StateFormat.blockHeaderBytes
        blockEnd = position + bytes
    }

    /// Makes sure that so many bytes from the current position on are in the buffer.
    private func need(_ bytes: Int) throws(StateError) {
        let here = buffer.count - position
        if here >= bytes { return }
        guard bytes - here <= end - offset else {
            throw .corrupt(path: file.path, reason: "a block at byte \(offset) has no end")
        }
        let rest = UnsafeRawBufferPointer(start: item, count: here)
        let kept = ByteBuffer(capacity: max(64, here))
        if let base = rest.baseAddress { kept.append(base, here) }
        buffer.removeAll()
        buffer.append(kept.pointer, here)
        let count = min(max(bytes - here, BlockCursor.readBytes - here), end - offset)
        let room = buffer.extend(by: count)
        try file.read(at: offset, into: UnsafeMutableRawBufferPointer(start: room, count: count))
        offset += count
        position = 0
        blockEnd = 0
    }
}
