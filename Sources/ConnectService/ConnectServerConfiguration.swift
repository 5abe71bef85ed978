import HTTP

/// How the interface of connectors listens, and who may ask it.
public struct ConnectServerConfiguration: Sendable {
    public var host = "127.0.0.1"
    /// 0 takes a free one.
    public var port: UInt16 = 8083
    public var tls: HTTPConfiguration.TLS?
    /// Passwords by user; empty lets everybody in.
    public var users: [String: String] = [:]
    /// The program's version.
    public var version: String

    public init(version: String) { self.version = version }

    /// What Kafka Connect calls a worker.
    var worker: String { "\(host):\(port)" }
}
