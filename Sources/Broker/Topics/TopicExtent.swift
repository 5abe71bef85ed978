/// A run of a partition's records, without them.
public struct TopicExtent: Hashable, Sendable {
    /// Behind the run; the offset asked for where there is nothing.
    public let nextOffset: Int64
    /// As they are stored.
    public let byteCount: Int
    public let recordCount: Int
}
