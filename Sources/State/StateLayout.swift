/// The shape of a store's entries, which is part of what is persisted.
public struct StateLayout: Hashable, Sendable {
    /// Names the store in the task's state and in messages, such as `revenue/3`.
    public let name: String
    /// Bytes of payload behind each key; a multiple of 8, 0 for a set.
    public let payloadBytes: Int
    /// Where the payload holds 8-byte references into the store's `BlobHeap`; ascending multiples of 8.
    public let blobOffsets: [Int]
    /// Whether `takeExpired` is used, which costs 16 bytes an entry.
    public let tracksExpiryOrder: Bool
    /// Whether the changes of an epoch are read back; if not, they are forgotten when memory is short.
    public let reportsChanges: Bool
    /// Whether other threads than its owner's look into the store (`exclusively`).
    public let isShared: Bool

    public init(
        name: String, payloadBytes: Int, blobOffsets: [Int] = [], tracksExpiryOrder: Bool = false,
        reportsChanges: Bool = false, isShared: Bool = false
    ) {
        precondition(payloadBytes >= 0 && payloadBytes % 8 == 0, "a payload is made of 8-byte words")
        var end = 0
        for offset in blobOffsets {
            precondition(
                offset >= end && offset % 8 == 0 && offset + 8 <= payloadBytes,
                "blob references are words of the payload, in ascending order")
            end = offset + 8
        }
        self.name = name
        self.payloadBytes = payloadBytes
        self.blobOffsets = blobOffsets
        self.tracksExpiryOrder = tracksExpiryOrder
        self.reportsChanges = reportsChanges
        self.isShared = isShared
    }
}
