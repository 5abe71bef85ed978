/// A part of the input that an epoch takes, fixed in the write-ahead log before it is processed.
public struct InputRange: Sendable, Hashable {
    /// The source's own description of the range: versioned, and enough to read it again.
    public let encoded: [UInt8]
    /// Bytes of records, as the decoder will see them.
    public let byteCount: Int

    public init(encoded: [UInt8], byteCount: Int) {
        self.encoded = encoded
        self.byteCount = byteCount
    }
}
