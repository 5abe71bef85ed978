/// A type of a schema that has no SQL type, and why.
public struct UnsupportedType: Error, Hashable, Sendable {
    public let reason: String
    /// Names of the fields that lead to it.
    public let path: [String]

    public init(_ reason: String, path: [String]) {
        self.reason = reason
        self.path = path
    }
}
