import Formats
import Foundation
import HTTP
import Synchronization

/// A server that speaks ksqlDB's REST API and has an answer of its test's for each statement.
final class FakeServer: Sendable {
    enum Answer: Sendable {
        case body(String, status: Int = 200)
        /// Lines of text, and then the end.
        case lines([String])
        /// Lines of text, and then nothing until the client goes.
        case endless([String])
    }

    struct Request: Sendable {
        let path: String
        let body: JSONValue
        let authorization: String?

        var statement: String { body["ksql"]?.string ?? body["sql"]?.string ?? "" }
    }

    private final class Log: Sendable {
        let requests = Mutex<[Request]>([])
        let gone = Mutex(0)
    }

    private let log = Log()
    private let server: HTTPServer

    init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
        let log = log
        server = try HTTPServer(
            HTTPConfiguration(), execute: { work in Thread.detachNewThread { work() } },
            handler: { request, reply in
                let told = Request(
                    path: request.path, body: (try? JSONValue(parsing: request.body)) ?? .null,
                    authorization: request.headers["authorization"])
                log.requests.withLock { $0.append(told) }
                switch answer(told) {
                case .body(let text, let status):
                    reply.send(HTTPResponse(status: status, contentType: "application/json", text: text))
                case .lines(let lines): reply.send(Self.stream(lines, ends: true, log))
                case .endless(let lines): reply.send(Self.stream(lines, ends: false, log))
                }
            })
    }

    private static func stream(_ lines: [String], ends: Bool, _ log: Log) -> HTTPResponse {
        let stream = HTTPStream()
        stream.onClose { log.gone.withLock { $0 += 1 } }
        for line in lines { stream.write(line + "\n") }
        if ends { stream.finish() }
        return HTTPResponse(
            status: 200, headers: [("Content-Type", "application/vnd.ksqlapi.delimited.v1")],
            body: .stream(stream))
    }

    var url: String { "http://127.0.0.1:\(server.port)" }
    var requests: [Request] { log.requests.withLock { $0 } }
    /// Streams whose client has gone.
    var goneCount: Int { log.gone.withLock { $0 } }

    func stop() { server.stop() }
}
