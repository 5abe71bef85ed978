import Columnar

/// Goes through a section in order whose records are not: it is read whole, and sorted.
final class SortingCursor: SectionCursor {
    private let buffer: ByteBuffer
    /// Where in the buffer the items are, in their order.
    private var positions: [Int] = []
    private var next = 0
    /// Of the records; nil where the items are timers.
    private let format: RecordFormat?
    private(set) var size = 0
    private(set) var isAtEnd = false

    /// Starts at the first record.
    init(recordsOf info: SectionInfo, _ file: SegmentFile, _ format: RecordFormat) throws(StateError) {
        buffer = try SortingCursor.blocks(of: info, file)
        self.format = format
        var order = KeyOrder()
        try SortingCursor.forEachRecord(buffer, file, format) { position, record in
            order.append(record.key, position)
        }
        let records = buffer.pointer
        order.sort { (records + $0).loadUnaligned(as: Fingerprint.self).low }
        positions = order.positions
        advance()
    }

    /// Starts at the first timer: those of the records.
    init(timersOf info: SectionInfo, _ file: SegmentFile, _ format: RecordFormat) throws(StateError) {
        let records = try SortingCursor.blocks(of: info, file)
        var timers: [Timer] = []
        try SortingCursor.forEachRecord(records, file, format) { _, record in
            guard record.word & EntryWord.removed == 0 else { return }
            let expiry = EntryWord.expiry(record.word)
            if expiry != .max { timers.append(Timer(expiry: expiry, key: record.key)) }
        }
        timers.sort(by: Timer.precedes)
        let items = ByteBuffer(capacity: timers.count * StateFormat.timerBytes)
        for timer in timers {
            withUnsafeBytes(of: (timer.expiry, timer.key.low, timer.key.high)) { items.append($0) }
        }
        buffer = items
        self.format = nil
        positions = timers.indices.map { $0 * StateFormat.timerBytes }
        advance()
    }

    var item: UnsafeRawPointer { UnsafeRawPointer(buffer.pointer + (next > 0 ? positions[next - 1] : 0)) }

    func advance() {
        guard next < positions.count else {
            isAtEnd = true
            return
        }
        next += 1
        // Sizes were checked when the blocks were gone through.
        size = format.map { $0.size(of: item, limit: .max) ?? 0 } ?? StateFormat.timerBytes
    }

    private static func blocks(of info: SectionInfo, _ file: SegmentFile) throws(StateError) -> ByteBuffer {
        let buffer = ByteBuffer(capacity: info.byteCount)
        let start = buffer.extend(by: info.byteCount)
        try file.read(
            at: info.start, into: UnsafeMutableRawBufferPointer(start: start, count: info.byteCount))
        return buffer
    }

    private static func forEachRecord(
        _ buffer: ByteBuffer, _ file: SegmentFile, _ format: RecordFormat,
        _ body: (Int, Record) -> Void
    ) throws(StateError) {
        var position = 0
        while position < buffer.count {
            let left = buffer.count - position
            guard left >= StateFormat.blockHeaderBytes else {
                throw .corrupt(path: file.path, reason: "a block at byte \(position) of a section has no end")
            }
            let start = buffer.pointer + position
            let bytes = Int(start.loadUnaligned(as: UInt32.self))
            guard bytes <= left - StateFormat.blockHeaderBytes else {
                throw .corrupt(path: file.path, reason: "a block at byte \(position) of a section has no end")
            }
            let block = UnsafeRawBufferPointer(start: start, count: StateFormat.blockHeaderBytes + bytes)
            let count = try BlockReader.check(block, file, position)
            position += StateFormat.blockHeaderBytes
            let end = position + bytes
            for _ in 0..<count {
                guard let size = format.size(of: buffer.pointer + position, limit: end - position) else {
                    throw .corrupt(path: file.path, reason: "a record is longer than its block")
                }
                body(position, Record(pointer: buffer.pointer + position, size: size))
                position += size
            }
            position = end
        }
    }
}
