/// An object's name and what the store knows of it.
public struct StoredObject: Hashable, Sendable {
    public let name: String
    /// Bytes.
    public let size: Int
    /// Milliseconds since the epoch.
    public let modified: Int64

    public init(name: String, size: Int, modified: Int64) {
        self.name = name
        self.size = size
        self.modified = modified
    }
}
