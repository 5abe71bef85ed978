import Diagnostics
import HTTP
import Runtime

/// ksqlDB's REST interface over an engine, for clients of HTTP/1.1 and HTTP/2.
public final class RESTServer: Sendable {
    /// Requests that are worked on at the same time; streams that are open need none.
    private static let requestLimit = 32

    /// Where it listens; the port that was found where 0 was asked for.
    public let port: UInt16
    private let http: HTTPServer
    private let threads: RequestThreads

    /// Listens, and answers from now on.
    ///
    /// - Parameter shutDown: called when a request ends the server; it is to stop both soon after.
    /// - Throws: what is wrong with the address or the certificate.
    public init(
        _ engine: Engine, _ configuration: RESTConfiguration,
        shutDown: @escaping @Sendable () -> Void = {}
    ) throws(Diagnostic) {
        let threads = RequestThreads(limit: Self.requestLimit)
        let context = RESTContext(engine, configuration, shutDown: shutDown)
        let credentials = HTTPCredentials(configuration.users)
        var listening = HTTPConfiguration()
        listening.host = configuration.host
        listening.port = configuration.port
        listening.tls = configuration.certificate.map { .init(certificate: $0.chain, key: $0.key) }
        listening.stoppingResponse = ErrorReply(.stopping, "the server is stopping").response(MediaType.json)
        http = try HTTPServer(
            listening, execute: { threads.run($0) },
            streamsBody: { Routes.streamsBody($0, $1) },
            handler: { Self.answer($0, $1, context, credentials) })
        self.threads = threads
        port = http.port
    }

    /// Takes no more requests, ends streams, and lets answers under way out.
    public func stop() {
        http.stop()
        threads.stop()
    }

    private static func answer(
        _ request: HTTPRequest, _ reply: HTTPReply, _ context: RESTContext, _ credentials: HTTPCredentials
    ) {
        do throws(ErrorReply) {
            guard credentials.admit(request.headers["authorization"]) else {
                throw ErrorReply(.unauthorized, "the request has no credentials that are known here")
            }
            try Routes.endpoint(for: request).answer(request, context, reply)
        } catch {
            reply.send(error.response(MediaType.json(for: request)))
        }
    }
}
