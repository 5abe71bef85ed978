import Columnar
import Diagnostics
import Formats

/// Whole records as they came, about a mebibyte of them, on their way to a decoder.
public struct Chunk: Sendable {
    public let buffer: Buffer
    public let framing: Framing
    /// The file or topic.
    public let sourceName: String
    /// The input partition, from 0.
    public let partition: Int

    /// How records lie in the buffer.
    public enum Framing: Sendable {
        /// Records end in newlines (CSV: outside of quotes). `offset` is the position in the file of the range's first
        /// byte; `header` is the header line of a CSV file.
        case lines(range: Range<Int>, offset: Int64, header: [UInt8]?)
        /// Records with keys and times of their own, as a log of messages has them.
        case messages(MessageSpans)
    }

    public init(buffer: Buffer, framing: Framing, sourceName: String, partition: Int = 0) {
        self.buffer = buffer
        self.framing = framing
        self.sourceName = sourceName
        self.partition = partition
    }

    /// Bytes of its records.
    var byteCount: Int {
        switch framing {
        case .lines(let range, _, _): return range.count
        case .messages: return buffer.capacity
        }
    }
}

/// Messages with keys and times of their own, as a log of them has.
public struct MessageSpans: Sendable {
    public let keys: RecordFrames
    public let values: RecordFrames
    /// Milliseconds since the epoch.
    public let timestamps: [Int64]
    /// Positions in the partition.
    public let offsets: [Int64]

    public init(keys: RecordFrames, values: RecordFrames, timestamps: [Int64], offsets: [Int64]) {
        self.keys = keys
        self.values = values
        self.timestamps = timestamps
        self.offsets = offsets
    }
}

/// Reads one chunk; may be called from any thread, once.
public typealias ChunkLoader = @Sendable () throws(Diagnostic) -> Chunk?
