/// What of a partition readers can have.
public struct TopicBounds: Hashable, Sendable {
    /// The first offset that is still there.
    public let start: Int64
    /// Behind the last record that readers see.
    public let end: Int64
    /// Of all that is stored.
    public let byteCount: Int

    /// Records between the bounds; marks of large epochs, and what compaction took, are counted too.
    public var count: Int64 { end - start }
}
