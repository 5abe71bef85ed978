/// How far an application has come with its own numbered steps: what makes a step count once.
public struct SetTransaction: Hashable, Sendable {
    public let appId: String
    public let version: Int64
    /// Milliseconds since the epoch.
    public let lastUpdated: Int64?
}
