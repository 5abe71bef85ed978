/// A part of a source's input that an epoch takes, fixed in the write-ahead log before it is processed.
public struct InputRange: Sendable, Hashable {
    /// The source's own description, versioned and complete: what and from where to where.
    public let encoded: [UInt8]
    /// Bytes to be read.
    public let byteCount: Int

    public init(encoded: [UInt8], byteCount: Int) {
        self.encoded = encoded
        self.byteCount = byteCount
    }
}
