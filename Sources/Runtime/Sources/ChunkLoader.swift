import Diagnostics

/// Loads one part of a range, once, on any thread.
///
/// Gives one chunk mostly; none when no record starts in the part; several when an overlong record parts
/// them.
public struct ChunkLoader: Sendable {
    /// Bytes that loading will about take.
    public let byteCount: Int
    private let body: @Sendable () throws(Diagnostic) -> [Chunk]

    public init(byteCount: Int, _ body: @escaping @Sendable () throws(Diagnostic) -> [Chunk]) {
        self.byteCount = byteCount
        self.body = body
    }

    public func load() throws(Diagnostic) -> [Chunk] { try body() }
}
