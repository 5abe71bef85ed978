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
        let block = MessageBlock(count: fetched.recordLimit, byteCount: fetched.byteCount)
        let place = block.place
        let (count, headers) = try problems.telling { () throws(TopicStoreError) in
            try fetched.fill(
                FetchedRecords.Target(
                    bytes: place.bytes, keyStarts: place.keyStarts, keyLengths: place.keyLengths,
                    valueStarts: place.valueStarts, valueLengths: place.valueLengths,
                    timestamps: place.timestamps, offsets: place.offsets))
        }
        let named = headers.map { $0.map { MessageHeader($0.name, $0.value) } }
        return block.chunks(
            of: count, headers: named, sourceName: reader.topic.name, partition: partition)
    }
}
