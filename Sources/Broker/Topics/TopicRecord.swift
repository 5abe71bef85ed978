/// A record by itself: for statements, tests and whoever has few of them.
public struct TopicRecord: Hashable, Sendable {
    /// A name, which may come several times, and a value, which may be missing.
    public struct Header: Hashable, Sendable {
        public let name: String
        public let value: [UInt8]?

        public init(_ name: String, _ value: [UInt8]?) {
            self.name = name
            self.value = value
        }
    }

    /// nil is a record without a key.
    public var key: [UInt8]?
    /// nil is a tombstone.
    public var value: [UInt8]?
    /// Milliseconds since the epoch.
    public var timestamp: Int64
    public var headers: [Header]

    public init(key: [UInt8]? = nil, value: [UInt8]?, timestamp: Int64, headers: [Header] = []) {
        self.key = key
        self.value = value
        self.timestamp = timestamp
        self.headers = headers
    }
}
