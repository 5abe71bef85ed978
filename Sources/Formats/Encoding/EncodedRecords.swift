import Columnar

/// Records of one format, one after another in a buffer.
public struct EncodedRecords: Sendable {
    public let buffer: Buffer
    public let frames: RecordFrames

    /// A record's bytes, copied; nil for a tombstone. For tests and slow paths.
    public func bytes(_ row: Int) -> [UInt8]? {
        frames.range(row).map {
            Array(UnsafeRawBufferPointer(start: buffer.pointer + $0.lowerBound, count: $0.count))
        }
    }
}
