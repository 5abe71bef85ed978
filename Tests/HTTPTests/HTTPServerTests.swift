import Diagnostics
import Foundation
import Synchronization
import Testing

@testable import HTTP

@Suite("HTTP server")
struct HTTPServerTests {
    static func server(
        _ change: (inout HTTPConfiguration) -> Void = { _ in }, _ handler: @escaping HTTPServer.Handler
    ) throws -> HTTPServer {
        var configuration = HTTPConfiguration()
        change(&configuration)
        return try HTTPServer(
            configuration, execute: { work in Thread.detachNewThread { work() } }, handler: handler)
    }

    private static func waitUntil(_ condition: () -> Bool) -> Bool {
        let end = Date(timeIntervalSinceNow: 60)
        while !condition(), Date() < end { usleep(2000) }
        return condition()
    }

    @Test("a handler sees method, path, query, headers and body, decoded")
    func request() throws {
        let server = try Self.server { request, reply in
            let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: ";")
            let body = String(decoding: request.body, as: UTF8.self)
            reply.send(
                HTTPResponse(
                    status: 201, contentType: "text/plain", headers: [("X-Made-By", "test")],
                    text: "\(request.method) \(request.path) \(query) \(request.headers["x-a"] ?? "-") "
                        + "\(request.contentType ?? "-") \(request.accepts("application/json")) \(body)."))
        }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.get("/a%20b/c?x=1&y=%C3%A4&x=2", headers: "X-A: one\r\nx-a: two\r\nAccept: text/html\r\n")
        let first = client.read(until: "false .")
        #expect(first.hasPrefix("HTTP/1.1 201 "))
        #expect(first.contains("X-Made-By: test\r\n"))
        #expect(first.contains("GET /a b/c x=1;y=ä;x=2 one, two - false ."), "\(first)")
        // The connection goes on.
        client.forget()
        client.post("/ksql", Array("{\"a\":1}".utf8), type: "Application/JSON; charset=utf-8")
        #expect(client.read(until: "}.").contains("POST /ksql  - application/json true {\"a\":1}."))
    }

    @Test("large bodies come whole, and what is above the limit is refused")
    func bodies() throws {
        let server = try Self.server({ $0.bodyLimit = 3_000_000 }) { request, reply in
            let sum = request.body.reduce(0) { ($0 &* 31 &+ Int($1)) % 1_000_003 }
            reply.send(HTTPResponse(contentType: "text/plain", text: "\(request.body.count) \(sum)."))
        }
        defer { server.stop() }
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
        let sum = body.reduce(0) { ($0 &* 31 &+ Int($1)) % 1_000_003 }
        let client = try RawClient(port: server.port)
        client.post("/", body)
        #expect(client.read(until: "\(sum).").contains("3000000 \(sum)."))
        client.forget()
        client.post("/", body + [0])
        #expect(client.read(until: "bytes").hasPrefix("HTTP/1.1 413 "))
    }

    @Test("bodies of all connections together are bounded", arguments: [false, true])
    func allBodies(overHTTP2: Bool) throws {
        let limits: (inout HTTPConfiguration) -> Void = {
            $0.bodyLimit = 3_000_000
            $0.totalBodyLimit = 4_000_000
        }
        let server = try Self.server(limits) { request, reply in
            reply.send(HTTPResponse(contentType: "text/plain", text: "\(request.body.count)."))
        }
        defer { server.stop() }
        let body = [UInt8](repeating: 65, count: 3_000_000)
        let first = try RawClient(port: server.port)
        first.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n\r\n")
        first.send(Array(body.dropLast()))
        #expect(Self.waitUntil { server.dispatch.bodyBytes == 2_999_999 })
        if overHTTP2 {
            let second = try HTTP2Client(port: server.port)
            second.post("/", on: 1)
            second.body(body, on: 1, ends: true)
            #expect(second.answer(1).status == "503")
        } else {
            let second = try RawClient(port: server.port)
            second.post("/", body)
            #expect(second.read(until: "later").hasPrefix("HTTP/1.1 503 "))
        }
        #expect(Self.waitUntil { server.dispatch.bodyBytes == 2_999_999 })
        first.send([65])
        #expect(first.read(until: "3000000.").hasPrefix("HTTP/1.1 200 "))
        first.leave()
        #expect(Self.waitUntil { server.dispatch.bodyBytes == 0 })
        let third = try HTTP2Client(port: server.port)
        third.post("/", on: 1)
        third.body(body, on: 1, ends: true)
        #expect(third.answer(1).text == "3000000.")
        third.leave()
        #expect(Self.waitUntil { server.dispatch.bodyBytes == 0 })
    }

    @Test("a slow handler holds up nobody else")
    func slowHandler() throws {
        let gate = DispatchSemaphore(value: 0)
        let server = try Self.server { request, reply in
            if request.path == "/slow" { gate.wait() }
            reply.send(HTTPResponse(contentType: "text/plain", text: "done \(request.path)."))
        }
        defer { server.stop() }
        let slow = try RawClient(port: server.port)
        slow.get("/slow")
        for _ in 0..<5 {
            let other = try RawClient(port: server.port)
            other.get("/quick")
            #expect(other.read(until: "quick.").contains("done /quick."))
        }
        gate.signal()
        #expect(slow.read(until: "slow.").contains("done /slow."))
    }

    @Test("a stream arrives piece by piece, ends, and the connection can be used again")
    func stream() throws {
        let stream = HTTPStream()
        let server = try Self.server { request, reply in
            let isStream = request.path == "/stream"
            reply.send(
                isStream
                    ? HTTPResponse(contentType: "text/plain", body: .stream(stream))
                    : HTTPResponse(contentType: "text/plain", text: "after."))
        }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.get("/stream")
        client.read(until: "\r\n\r\n")
        for piece in 0..<50 {
            #expect(stream.write("piece \(piece)\n") == .taken)
            #expect(client.read(until: "piece \(piece)\n").contains("piece \(piece)\n"))
        }
        client.forget()
        stream.write(String(repeating: "x", count: 500_000) + "!")
        client.read(until: "!")
        #expect(client.received.filter { $0 == "x" }.count == 500_000)
        stream.finish()
        #expect(client.read(until: "\r\n0\r\n\r\n").hasSuffix("\r\n0\r\n\r\n"))
        #expect(stream.write("late") == .closed)
        client.forget()
        client.get("/again")
        #expect(client.read(until: "after.").contains("after."))
    }

    @Test("a client that goes away is noticed, though nothing is sent to it")
    func goneClient() throws {
        let closed = Mutex(0)
        let stream = HTTPStream()
        stream.onClose { closed.withLock { $0 += 1 } }
        let server = try Self.server { _, reply in
            reply.send(HTTPResponse(contentType: "text/plain", body: .stream(stream)))
        }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.get("/")
        stream.write("first")
        client.read(until: "first")
        client.leave()
        #expect(Self.waitUntil { stream.isClosed })
        #expect(Self.waitUntil { closed.withLock { $0 } == 1 })
        #expect(stream.write("more") == .closed)
        let late = Mutex(false)
        stream.onClose { late.withLock { $0 = true } }
        #expect(late.withLock { $0 })
    }

    @Test("what a client does not take is bounded")
    func slowClient() throws {
        let stream = HTTPStream(limit: 100_000)
        let server = try Self.server { _, reply in
            reply.send(HTTPResponse(contentType: "text/plain", body: .stream(stream)))
        }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.get("/")
        client.read(until: "\r\n\r\n")
        let piece = [UInt8](repeating: 65, count: 50_000)
        var taken = 0
        var isFull = false
        // The kernel's buffers take some megabytes first.
        for _ in 0..<10_000 where !isFull {
            switch stream.write(piece) {
            case .taken: taken += 1
            case .full: isFull = stream.waitingBytes > 50_000 && Self.stays { stream.waitingBytes }
            case .closed: break
            }
        }
        #expect(isFull && stream.waitingBytes <= 100_000)
        stream.finish()
        let text = client.read(until: "\r\n0\r\n\r\n")
        #expect(text.filter { $0 == "A" }.count >= taken * 50_000, "all that was taken comes")
    }

    /// Whether a value is the same a little later.
    private static func stays(_ value: () -> Int) -> Bool {
        let first = value()
        usleep(20_000)
        return value() == first
    }

    @Test("a port that is taken and an address that is none are told")
    func addresses() throws {
        let server = try Self.server { _, reply in reply.send(HTTPResponse()) }
        defer { server.stop() }
        #expect {
            _ = try Self.server({ $0.port = server.port }) { _, _ in }
        } throws: { error in
            (error as? Diagnostic)?.message == "port \(server.port) of 127.0.0.1 is taken by another program"
        }
        #expect {
            _ = try Self.server({ $0.host = "no address" }) { _, _ in }
        } throws: { error in
            (error as? Diagnostic)?.message.hasPrefix("no address is no address of this machine") == true
        }
    }

    @Test("a reply that nobody sends is an error, not a connection that hangs")
    func forgottenReply() throws {
        let server = try Self.server { _, _ in }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.get("/")
        #expect(client.read(until: "given").hasPrefix("HTTP/1.1 500 "))
    }

    @Test("stopping ends streams, lets answers out and refuses who comes after")
    func stop() throws {
        let stream = HTTPStream()
        let gate = DispatchSemaphore(value: 0)
        let begun = DispatchSemaphore(value: 0)
        let server = try Self.server { request, reply in
            if request.path == "/stream" {
                reply.send(HTTPResponse(contentType: "text/plain", body: .stream(stream)))
            } else {
                begun.signal()
                gate.wait()
                reply.send(HTTPResponse(contentType: "text/plain", text: "at last."))
            }
        }
        let reader = try RawClient(port: server.port)
        reader.get("/stream")
        stream.write("something")
        reader.read(until: "something")
        let waiting = try RawClient(port: server.port)
        waiting.get("/slow")
        begun.wait()
        let hasStopped = Mutex(false)
        Thread.detachNewThread {
            server.stop()
            hasStopped.withLock { $0 = true }
        }
        #expect(reader.read(until: "\r\n0\r\n\r\n").hasSuffix("\r\n0\r\n\r\n"))
        gate.signal()
        #expect(waiting.read(until: "last.").contains("at last."))
        #expect(Self.waitUntil { hasStopped.withLock { $0 } })
        #expect(throws: (any Error).self) { try RawClient(port: server.port) }
    }

    @Test("bytes that are no HTTP harm nobody", arguments: 1...20 as ClosedRange<UInt64>)
    func garbage(_ seed: UInt64) throws {
        let server = try Self.server { _, reply in
            reply.send(HTTPResponse(contentType: "text/plain", text: "well."))
        }
        defer { server.stop() }
        var state = seed
        func random() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        let starts = [
            "", "GET / HTTP/1.1\r\n", "POST /a HTTP/1.1\r\nContent-Length: 9999999999999\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
            "GET /" + String(repeating: "a", count: 200_000),
        ]
        for start in starts {
            let client = try RawClient(port: server.port)
            client.send(
                Array(start.utf8) + (0..<Int(random())).map { _ in random() } + Array("\r\n\r\n".utf8))
            client.leave()
        }
        let client = try RawClient(port: server.port)
        client.get("/")
        #expect(client.read(until: "well.").contains("well."))
    }
}
