/// A record that could not be processed: its bytes, where it stood and why.
public struct DeadLetter: Sendable, Hashable {
    /// The file or topic.
    public let source: String
    public let partition: Int
    /// Of a file, the byte offset of the line.
    public let offset: Int64
    /// A stable word such as `malformed_json`, counted in metrics.
    public let code: String
    /// A sentence for people.
    public let reason: String
    public let bytes: [UInt8]

    public init(
        source: String, partition: Int, offset: Int64, code: String, reason: String, bytes: [UInt8]
    ) {
        self.source = source
        self.partition = partition
        self.offset = offset
        self.code = code
        self.reason = reason
        self.bytes = bytes
    }
}
