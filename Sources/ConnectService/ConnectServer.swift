import Diagnostics
import HTTP
import Runtime
import Server

/// Kafka Connect's interface over HTTP, for the connectors of an engine.
public final class ConnectServer: Sendable {
    /// Requests that are worked on at the same time.
    private static let requestLimit = 4
    private static let bodyLimit = 4 << 20

    /// Where it listens; the port that was found where 0 was asked for.
    public let port: UInt16
    private let http: HTTPServer
    private let threads: RequestThreads

    /// Listens, and answers from now on.
    ///
    /// - Throws: what is wrong with the address or the certificate.
    public init(_ engine: Engine, _ configuration: ConnectServerConfiguration) throws(Diagnostic) {
        let threads = RequestThreads(limit: Self.requestLimit)
        let credentials = HTTPCredentials(configuration.users)
        let answering = ConnectAnswering(engine, configuration)
        var listening = HTTPConfiguration()
        listening.host = configuration.host
        listening.port = configuration.port
        listening.tls = configuration.tls
        listening.bodyLimit = Self.bodyLimit
        listening.stoppingResponse = ConnectRefusal(503, "the server is stopping").response
        http = try HTTPServer(
            listening, execute: { threads.run($0) },
            handler: { request, reply in reply.send(Self.response(to: request, answering, credentials)) })
        self.threads = threads
        port = http.port
    }

    /// Takes no more requests, and lets answers under way out.
    public func stop() {
        http.stop()
        threads.stop()
    }

    private static func response(
        to request: HTTPRequest, _ answering: ConnectAnswering, _ credentials: HTTPCredentials
    ) -> HTTPResponse {
        do throws(ConnectRefusal) {
            guard credentials.admit(request.headers["authorization"]) else {
                throw ConnectRefusal(401, "User cannot access the resource.")
            }
            return try answering.answer(request)
        } catch {
            return error.response
        }
    }
}
