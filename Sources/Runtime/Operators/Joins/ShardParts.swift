/// One result for each shard, put in its place by whatever thread made it.
final class ShardParts<Part>: @unchecked Sendable {
    private let parts: UnsafeMutablePointer<Part?>

    init() {
        parts = .allocate(capacity: ShardedRows.shardCount)
        parts.initialize(repeating: nil, count: ShardedRows.shardCount)
    }

    deinit {
        parts.deinitialize(count: ShardedRows.shardCount)
        parts.deallocate()
    }

    subscript(shard: Int) -> Part? {
        get { parts[shard] }
        set { parts[shard] = newValue }
    }

    /// In the order of shards.
    var all: [Part] { (0..<ShardedRows.shardCount).compactMap { parts[$0] } }
}
