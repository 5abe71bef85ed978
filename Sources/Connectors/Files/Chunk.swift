import Columnar

/// Whole records of one file (or partition) in memory, and what could not be read beside them.
public struct Chunk: Sendable {
    public let buffer: Buffer
    /// Where in `buffer` the records are; the last one may lack its line end.
    public let range: Range<Int>
    /// The file's path, as it was found.
    public let sourceName: String
    /// Place of `range.lowerBound` in the (decompressed) file, in bytes.
    public let offset: Int64
    /// The CSV header, without its line end, where the file has one.
    public let header: [UInt8]?
    /// The file had nothing behind this chunk when its range was fixed.
    public let isLastOfFile: Bool
    /// What lies behind the records of this chunk and is no record, in order.
    public let rejections: [Rejection]

    public init(
        buffer: Buffer, range: Range<Int>, sourceName: String, offset: Int64, header: [UInt8]?,
        isLastOfFile: Bool, rejections: [Rejection]
    ) {
        self.buffer = buffer
        self.range = range
        self.sourceName = sourceName
        self.offset = offset
        self.header = header
        self.isLastOfFile = isLastOfFile
        self.rejections = rejections
    }
}
