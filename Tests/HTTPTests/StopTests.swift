import HTTP
import Testing

/// What a stop meets on the connections.
@Suite struct StopTests {
    @Test func `malformed requests that come while the server stops harm nobody`() throws {
        for _ in 0..<40 {
            let server = try HTTPServerTests.server { _, reply in
                reply.send(HTTPResponse(contentType: "text/plain", text: "well."))
            }
            let clients = try (0..<24).map { _ in try RawClient(port: server.port) }
            for client in clients { client.send(Array("G ET / / / HTP\r\nx\r\n\r\n".utf8)) }
            server.stop()
        }
    }
}
