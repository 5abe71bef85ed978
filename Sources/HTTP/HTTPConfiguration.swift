/// How a server listens and what it takes.
public struct HTTPConfiguration: Sendable {
    /// A certificate with its chain and its key, as PEM texts.
    public struct TLS: Sendable {
        public let certificate: String
        public let key: String

        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// A numeric address or a name of this machine.
    public var host = "127.0.0.1"
    /// 0 takes a free one.
    public var port: UInt16 = 0
    public var tls: TLS?
    /// Threads that read and write HTTP/1.1, beside one for HTTP/2; handlers have their own.
    public var threads = 1
    /// Connections of HTTP/1.1, and as many of HTTP/2.
    public var connectionLimit = 4096
    /// Requests under way on one connection of HTTP/2.
    public var streamLimit = 256
    /// Bytes of a request's headers; more is answered with 431.
    public var headerLimit = 64 << 10
    /// Bytes that a request's body may have, and those of all requests under way on a connection together;
    /// more is answered with 413. It does not bind bodies that are handed on as they come.
    public var bodyLimit = 64 << 20
    /// Bytes of the bodies of all requests under way on all connections; what would pass it is answered with
    /// 503. Bodies come before a handler can ask who sends them. It does not bind those that are handed on.
    public var totalBodyLimit = 512 << 20
    /// A connection on which nothing happens for so many seconds is closed; one that waits for an answer, or
    /// for more of a stream, is not.
    public var idleSeconds: UInt32 = 120
    /// How long a stop waits for requests under way.
    public var stopSeconds = 5
    /// What requests are answered with whose handler has not answered by then.
    public var stoppingResponse = HTTPResponse(
        status: 503, contentType: "text/plain", text: "the server is stopping\n")

    public init() {}
}
