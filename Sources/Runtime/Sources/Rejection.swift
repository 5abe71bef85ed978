import Diagnostics

/// A part of a source that is no record and becomes a dead letter: an overlong line, or bytes that are gone.
public struct Rejection: Sendable {
    /// Where it starts in the (decompressed) file, in bytes.
    public let offset: Int64
    /// Bytes it covers; may be more than `bytes` holds, or -1 where nobody can tell.
    public let byteCount: Int64
    /// The bytes as they came, cut off at `max.record.bytes`; empty when they are not there any more.
    public let bytes: [UInt8]
    /// Why, and what to do.
    public let reason: Diagnostic

    public init(offset: Int64, byteCount: Int64, bytes: [UInt8], reason: Diagnostic) {
        self.offset = offset
        self.byteCount = byteCount
        self.bytes = bytes
        self.reason = reason
    }
}
