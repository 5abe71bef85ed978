/// A header of a message: a name, which may come several times, and a value, which may be missing.
public struct MessageHeader: Hashable, Sendable {
    public let name: String
    public let value: [UInt8]?

    public init(_ name: String, _ value: [UInt8]?) {
        self.name = name
        self.value = value
    }
}
