import Columnar
import Formats
import Runtime

/// Memory for messages of one partition: their bytes, and where the fields of each lie.
struct MessageBlock {
    /// Where whoever has the messages puts them: bytes, and an element for each message in all else.
    struct Place {
        let bytes: UnsafeMutableRawPointer
        let keyStarts: UnsafeMutablePointer<UInt32>
        let keyLengths: UnsafeMutablePointer<UInt32>
        let valueStarts: UnsafeMutablePointer<UInt32>
        let valueLengths: UnsafeMutablePointer<UInt32>
        let timestamps: UnsafeMutablePointer<Int64>
        let offsets: UnsafeMutablePointer<Int64>
    }

    private let buffer: Buffer
    private let frames: [Buffer]
    private let timestamps: Buffer
    private let offsets: Buffer

    init(count: Int, byteCount: Int) {
        buffer = Buffer(capacity: byteCount)
        frames = (0..<4).map { _ in Buffer(capacity: count * 4) }
        timestamps = Buffer(capacity: count * 8)
        offsets = Buffer(capacity: count * 8)
    }

    var place: Place {
        let parts = frames.map { $0.pointer.assumingMemoryBound(to: UInt32.self) }
        return Place(
            bytes: buffer.pointer, keyStarts: parts[0], keyLengths: parts[1], valueStarts: parts[2],
            valueLengths: parts[3], timestamps: timestamps.pointer.assumingMemoryBound(to: Int64.self),
            offsets: offsets.pointer.assumingMemoryBound(to: Int64.self))
    }

    /// The first messages of the block, at most `Batch.rowLimit` in a chunk.
    ///
    /// - Parameter headers: of the first messages; those behind them have none.
    func chunks(
        of count: Int, headers: [[MessageHeader]], sourceName: String, partition: Int
    ) -> [Chunk] {
        var named = headers
        if !named.isEmpty { named += [[MessageHeader]](repeating: [], count: count - named.count) }
        return stride(from: 0, to: count, by: Batch.rowLimit).map { first in
            let rows = first..<min(first + Batch.rowLimit, count)
            let spans = MessageSpans(
                keys: frames(0, rows), values: frames(2, rows), timestamps: numbers(timestamps, rows),
                offsets: numbers(offsets, rows), headers: named.isEmpty ? [] : Array(named[rows]))
            return Chunk(buffer: buffer, messages: spans, sourceName: sourceName, partition: partition)
        }
    }

    private func numbers(_ buffer: Buffer, _ rows: Range<Int>) -> [Int64] {
        let start = buffer.pointer.assumingMemoryBound(to: Int64.self) + rows.lowerBound
        return Array(UnsafeBufferPointer(start: start, count: rows.count))
    }

    /// - Parameter first: the buffer of the starts; that of the lengths is behind it.
    private func frames(_ first: Int, _ rows: Range<Int>) -> RecordFrames {
        let (starts, lengths) = (frames[first], frames[first + 1])
        if rows.lowerBound == 0 { return RecordFrames(count: rows.count, starts: starts, lengths: lengths) }
        func part(_ buffer: Buffer) -> Buffer {
            Buffer(
                copying: UnsafeRawBufferPointer(
                    start: buffer.pointer + rows.lowerBound * 4, count: rows.count * 4))
        }
        return RecordFrames(count: rows.count, starts: part(starts), lengths: part(lengths))
    }
}
