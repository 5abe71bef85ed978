import Columnar
import Diagnostics

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
}

/// Where the keys and values of messages lie in a buffer; a length of −1 is a null.
public struct MessageSpans: Sendable {
    public var keyOffsets: [Int32] = []
    public var keyLengths: [Int32] = []
    public var valueOffsets: [Int32] = []
    public var valueLengths: [Int32] = []
    /// Milliseconds since the epoch.
    public var timestamps: [Int64] = []
    /// Positions in the partition.
    public var offsets: [Int64] = []

    public init() {}

    public var count: Int { valueOffsets.count }
}

/// Reads one chunk; may be called from any thread, once.
public typealias ChunkLoader = @Sendable () throws(Diagnostic) -> Chunk?
