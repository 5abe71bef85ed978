/// How the REST interface listens, and what it tells of the server.
public struct RESTConfiguration: Sendable {
    /// A certificate with its chain and its key, as PEM texts.
    public struct Certificate: Sendable {
        public let chain: String
        public let key: String

        public init(chain: String, key: String) {
            self.chain = chain
            self.key = key
        }
    }

    public var host = "127.0.0.1"
    /// 0 takes a free one.
    public var port: UInt16 = 8088
    public var certificate: Certificate?
    /// Passwords by user; empty lets everybody in.
    public var users: [String: String] = [:]
    /// The program's version.
    public var version: String
    /// What SHOW PROPERTIES lists beside the engine's settings.
    public var properties: [String: String] = [:]

    public init(version: String) { self.version = version }
}
