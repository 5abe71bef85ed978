import Broker
import Columnar
import Diagnostics
import Formats
import Runtime

/// Records of a partition as chunks, on any thread.
struct TopicChunks: Sendable {
    let reader: TopicReader
    let partition: Int
    let problems: TopicProblems

    /// Bytes that are read at a time, about.
    private static let pieceByteCount = 4 << 20

    /// All records of the offsets, in order.
    func load(_ offsets: Range<Int64>) throws(Diagnostic) -> [Chunk] {
        var chunks: [Chunk] = []
        var from = offsets.lowerBound
        while from < offsets.upperBound {
            let start = from
            let fetched = try problems.telling(partition, start) { () throws(TopicStoreError) in
                try reader.read(
                    partition, from: start, upTo: offsets.upperBound, maximumBytes: Self.pieceByteCount)
            }
            // Less than there was when the range was fixed.
            guard fetched.nextOffset > from else { throw problems.truncated(partition, from: from, from) }
            from = fetched.nextOffset
            if fetched.recordLimit > 0 { chunks += try self.chunks(fetched) }
        }
        return chunks
    }

    private func chunks(_ fetched: FetchedRecords) throws(Diagnostic) -> [Chunk] {
        let limit = fetched.recordLimit
        let buffer = Buffer(capacity: fetched.byteCount)
        let frames = (0..<4).map { _ in Buffer(capacity: limit * 4) }
        var timestamps = [Int64](repeating: 0, count: limit)
        var offsets = [Int64](repeating: 0, count: limit)
        var result: Result<(Int, [[TopicRecord.Header]]), TopicStoreError> = .success((0, []))
        timestamps.withUnsafeMutableBufferPointer { timestamps in
            offsets.withUnsafeMutableBufferPointer { offsets in
                guard let times = timestamps.baseAddress, let places = offsets.baseAddress else { return }
                let parts = frames.map { $0.pointer.assumingMemoryBound(to: UInt32.self) }
                let target = FetchedRecords.Target(
                    bytes: buffer.pointer, keyStarts: parts[0], keyLengths: parts[1], valueStarts: parts[2],
                    valueLengths: parts[3], timestamps: times, offsets: places)
                do throws(TopicStoreError) {
                    result = .success(try fetched.fill(target))
                } catch {
                    result = .failure(error)
                }
            }
        }
        let (count, headers) = try problems.telling { () throws(TopicStoreError) in try result.get() }
        if count == 0 { return [] }
        timestamps.removeLast(limit - count)
        offsets.removeLast(limit - count)
        var named = headers.map { $0.map { MessageHeader($0.name, $0.value) } }
        if !named.isEmpty { named += [[MessageHeader]](repeating: [], count: count - named.count) }
        return stride(from: 0, to: count, by: Batch.rowLimit).map { first in
            let rows = first..<min(first + Batch.rowLimit, count)
            let spans = MessageSpans(
                keys: Self.frames(frames[0], frames[1], rows),
                values: Self.frames(frames[2], frames[3], rows),
                timestamps: rows.count == count ? timestamps : Array(timestamps[rows]),
                offsets: rows.count == count ? offsets : Array(offsets[rows]),
                headers: named.isEmpty ? [] : Array(named[rows]))
            return Chunk(
                buffer: buffer, messages: spans, sourceName: reader.topic.name, partition: partition)
        }
    }

    private static func frames(_ starts: Buffer, _ lengths: Buffer, _ rows: Range<Int>) -> RecordFrames {
        if rows.lowerBound == 0 { return RecordFrames(count: rows.count, starts: starts, lengths: lengths) }
        func part(_ buffer: Buffer) -> Buffer {
            Buffer(
                copying: UnsafeRawBufferPointer(
                    start: buffer.pointer + rows.lowerBound * 4, count: rows.count * 4))
        }
        return RecordFrames(count: rows.count, starts: part(starts), lengths: part(lengths))
    }
}
