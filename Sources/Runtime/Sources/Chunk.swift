import Columnar

/// Whole records of one file or partition in memory, and what could not be read beside them.
public struct Chunk: Sendable {
    /// How records lie in the buffer.
    public enum Framing: Sendable {
        /// Each record ends in a newline (CSV: outside of quotes); the last one may lack it. `header` is the
        /// header line of a CSV file without its line end.
        case lines(range: Range<Int>, header: [UInt8]?)
        /// Records with keys, times and positions of their own, as a log of messages has them.
        case messages(MessageSpans)
        /// Records of a file that lie apart, each with its place in the file.
        case records(PlacedRecords)
    }

    public let buffer: Buffer
    public let framing: Framing
    /// The file's path, as it was found, or the topic.
    public let sourceName: String
    /// The input partition, from 0.
    public let partition: Int
    /// Place of the first record in the (decompressed) file, in bytes.
    public let offset: Int64
    /// The file had nothing behind this chunk when its range was fixed.
    public let isLastOfFile: Bool
    /// What lies behind the records of this chunk and is no record, in order.
    public let rejections: [Rejection]

    /// Lines of a file.
    public init(
        buffer: Buffer, range: Range<Int>, sourceName: String, offset: Int64, header: [UInt8]?,
        isLastOfFile: Bool, rejections: [Rejection]
    ) {
        self.buffer = buffer
        framing = .lines(range: range, header: header)
        self.sourceName = sourceName
        partition = 0
        self.offset = offset
        self.isLastOfFile = isLastOfFile
        self.rejections = rejections
    }

    /// Messages of a partition.
    public init(buffer: Buffer, messages: MessageSpans, sourceName: String, partition: Int) {
        self.buffer = buffer
        framing = .messages(messages)
        self.sourceName = sourceName
        self.partition = partition
        offset = messages.offsets.first ?? 0
        isLastOfFile = false
        rejections = []
    }

    /// Records of a file that were taken out of it before; at most `Batch.rowLimit`.
    public init(buffer: Buffer, records: PlacedRecords, sourceName: String) {
        self.buffer = buffer
        framing = .records(records)
        self.sourceName = sourceName
        partition = 0
        offset = records.frames.count > 0 ? records.offsets.int64s[0] : 0
        isLastOfFile = false
        rejections = []
    }

    /// Whether there is a record in it.
    public var hasRecords: Bool {
        switch framing {
        case .lines(let range, _): return !range.isEmpty
        case .messages(let spans): return spans.values.count > 0
        case .records(let records): return records.frames.count > 0
        }
    }

    /// Bytes of its records.
    public var byteCount: Int {
        switch framing {
        case .lines(let range, _): return range.count
        case .messages, .records: return buffer.capacity
        }
    }
}
