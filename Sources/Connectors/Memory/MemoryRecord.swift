import Runtime

/// A record as a log of messages holds it: key, value, time, partition and headers.
public struct MemoryRecord: Sendable, Hashable {
    /// nil is a record without a key.
    public var key: [UInt8]?
    /// nil is a tombstone.
    public var value: [UInt8]?
    /// Milliseconds since the epoch, UTC.
    public var timestamp: Int64
    public var partition: Int
    public var headers: [MessageHeader]

    public init(
        key: [UInt8]? = nil, value: [UInt8]?, timestamp: Int64 = 0, partition: Int = 0,
        headers: [MessageHeader] = []
    ) {
        self.headers = headers
        self.key = key
        self.value = value
        self.timestamp = timestamp
        self.partition = partition
    }

    var byteCount: Int { max(1, (key?.count ?? 0) + (value?.count ?? 0)) }
}
