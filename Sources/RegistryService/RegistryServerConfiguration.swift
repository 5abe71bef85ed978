import HTTP

/// How a registry listens, and who may ask it.
public struct RegistryServerConfiguration: Sendable {
    public var host = "127.0.0.1"
    /// 0 takes a free one.
    public var port: UInt16 = 8081
    public var tls: HTTPConfiguration.TLS?
    /// Passwords by user; empty lets everybody in.
    public var users: [String: String] = [:]
    /// The program's version.
    public var version: String

    public init(version: String) { self.version = version }
}
