import Diagnostics
import Glibc
import Sockets

/// A server of HTTP/1.1 and HTTP/2 on one port, which the first bytes of a connection (or its TLS handshake)
/// tell apart: requests whole or as they come, answers whole or as streams.
///
/// HTTP/1.1 is libmicrohttpd's, HTTP/2 nghttp2's. Threads of the server only read and write. A request goes
/// to the handler by `execute`, on whatever thread that has; its connection sleeps until the answer comes, or
/// serves others meanwhile.
public final class HTTPServer: @unchecked Sendable {
    /// Answers requests through the reply, before or after it returns.
    public typealias Handler = @Sendable (HTTPRequest, HTTPReply) -> Void
    /// Runs work on a thread that may wait.
    public typealias Executor = @Sendable (@escaping @Sendable () -> Void) -> Void
    /// Whether requests of a method to a path get their body as an `HTTPUpload`.
    public typealias BodyRule = @Sendable (_ method: String, _ path: String) -> Bool

    static let endOfStream = -1
    static let endWithError = -2

    public let configuration: HTTPConfiguration
    /// Where it listens; the port that was found where 0 was asked for.
    public let port: UInt16
    let dispatch: RequestDispatch
    private let http1: HTTP1Server
    private let loop: EventLoop
    private let acceptor: Acceptor
    private let mutex = HTTPLock()
    // Guarded by `mutex`.
    private var isStopped = false

    /// Listens, and serves from now on.
    ///
    /// - Throws: what is wrong with the address, such as a port that another program has, or with the
    ///   certificate.
    public init(
        _ configuration: HTTPConfiguration, execute: @escaping Executor,
        streamsBody: @escaping BodyRule = { _, _ in false }, handler: @escaping Handler
    ) throws(Diagnostic) {
        self.configuration = configuration
        dispatch = RequestDispatch(
            configuration, execute: execute, streamsBody: streamsBody, handler: handler)
        var credentials: TLSCredentials?
        if let tls = configuration.tls { credentials = try TLSCredentials(tls) }
        http1 = try HTTP1Server(dispatch)
        loop = try EventLoop()
        let socket = try ListeningSocket(host: configuration.host, port: configuration.port)
        port = socket.port
        acceptor = Acceptor(socket, loop, dispatch, http1, credentials)
        try loop.start()
        loop.post { [acceptor] in acceptor.start() }
    }

    deinit { stop() }

    /// Takes no more connections, ends streams, lets answers out for some seconds, and closes what is left.
    ///
    /// An answer that a handler gives later goes nowhere.
    public func stop() {
        let isFirst = mutex.withLock { () -> Bool in
            defer { isStopped = true }
            return !isStopped
        }
        guard isFirst else { return }
        loop.post { [acceptor] in acceptor.finish() }
        http1.finishStreams()
        for late in dispatch.exchanges.drain(seconds: configuration.stopSeconds) {
            late.answer(configuration.stoppingResponse)
        }
        http1.stop()
        loop.post { [acceptor] in acceptor.stop() }
        loop.stop()
    }
}
