import Diagnostics
import HTTP
import Registry
import Runtime

/// Confluent's interface of a Schema Registry over HTTP, for one registry.
public final class RegistryServer: Sendable {
    /// Requests that are worked on at the same time.
    private static let requestLimit = 8
    /// A schema is small; Kafka's own registry keeps it in a message, which is at most 1 MB.
    private static let bodyLimit = 4 << 20

    /// Where it listens; the port that was found where 0 was asked for.
    public let port: UInt16
    private let http: HTTPServer
    private let threads: RequestThreads

    /// Listens, and answers from now on.
    ///
    /// - Throws: what is wrong with the address or the certificate.
    public init(
        _ registry: SchemaRegistry, _ configuration: RegistryServerConfiguration
    ) throws(Diagnostic) {
        let threads = RequestThreads(limit: Self.requestLimit)
        let credentials = HTTPCredentials(configuration.users)
        let answering = RegistryAnswering(registry, version: configuration.version)
        var listening = HTTPConfiguration()
        listening.host = configuration.host
        listening.port = configuration.port
        listening.tls = configuration.tls
        listening.bodyLimit = Self.bodyLimit
        http = try HTTPServer(
            listening, execute: { threads.run($0) },
            handler: { request, reply in
                reply.send(Self.response(to: request, answering, credentials))
            })
        self.threads = threads
        port = http.port
    }

    /// Takes no more requests, and lets answers under way out.
    public func stop() {
        http.stop()
        threads.stop()
    }

    private static func response(
        to request: HTTPRequest, _ answering: RegistryAnswering, _ credentials: HTTPCredentials
    ) -> HTTPResponse {
        do throws(RegistryRefusal) {
            guard credentials.admit(request.headers["authorization"]) else {
                throw RegistryRefusal(
                    401, 40101, "User cannot access the resource: no credentials that are known here")
            }
            return try answering.answer(request)
        } catch {
            return error.response(RegistryMediaType.answer(to: request) ?? RegistryMediaType.standard)
        }
    }
}
