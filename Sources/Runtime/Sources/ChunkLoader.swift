import Diagnostics

/// Loads one part of a range, once, on any thread.
///
/// Gives one chunk mostly; none when no record starts in the part; several when an overlong record parts
/// them.
public struct ChunkLoader: Sendable {
    /// Bytes that loading will about take.
    public let byteCount: Int
    /// The clock that its rows see, in milliseconds since the epoch, where they had one before; else they see
    /// their epoch's.
    public let clock: Int64?
    private let body: @Sendable () throws(Diagnostic) -> [Chunk]

    public init(
        byteCount: Int, clock: Int64? = nil,
        _ body: @escaping @Sendable () throws(Diagnostic) -> [Chunk]
    ) {
        self.byteCount = byteCount
        self.clock = clock
        self.body = body
    }

    public func load() throws(Diagnostic) -> [Chunk] { try body() }
}
