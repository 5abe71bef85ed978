/// One message, copied out of the library's memory.
public struct KafkaRecord: Sendable {
    public let partition: Int
    public let offset: Int64
    /// Milliseconds since the epoch; -1 where it has none.
    public let timestamp: Int64
    public let key: [UInt8]?
    /// nil for a tombstone.
    public let value: [UInt8]?
    public let headers: [(name: String, value: [UInt8]?)]
}
