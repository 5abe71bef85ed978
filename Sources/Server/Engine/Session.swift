import Language

/// What a client brings along with its statements.
public struct Session: Sendable {
    /// Settings by name, such as `auto.offset.reset`; they hold for the statements of one request.
    public var properties: [String: String]
    /// Values that stand for `${name}` in statements.
    public var variables: Variables

    public init(properties: [String: String] = [:], variables: Variables = Variables()) {
        self.properties = properties
        self.variables = variables
    }
}
