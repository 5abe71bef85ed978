import Diagnostics
import Foundation
import Synchronization
import Testing

@testable import HTTP

@Suite("HTTP/2")
struct HTTP2Tests {
    private typealias Kind = HTTP2Client.Kind

    private static func server(
        _ change: (inout HTTPConfiguration) -> Void = { _ in },
        streamsBody: @escaping HTTPServer.BodyRule = { _, _ in false },
        handler: @escaping HTTPServer.Handler
    ) throws -> HTTPServer {
        var configuration = HTTPConfiguration()
        change(&configuration)
        return try HTTPServer(
            configuration, execute: { work in Thread.detachNewThread { work() } },
            streamsBody: streamsBody, handler: handler)
    }

    private static func waitUntil(_ condition: () -> Bool) -> Bool {
        let end = Date(timeIntervalSinceNow: 60)
        while !condition(), Date() < end { usleep(2000) }
        return condition()
    }

    /// Tells all of a request in one line.
    private static let echo: HTTPServer.Handler = { request, reply in
        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: ";")
        let body = String(decoding: request.body, as: UTF8.self)
        reply.send(
            HTTPResponse(
                status: 201, contentType: "text/plain", headers: [("X-Made-By", "test")],
                text: "\(request.method) \(request.path) [\(query)] \(request.headers["x-a"] ?? "-") "
                    + "\(request.headers["host"] ?? "-") \(request.contentType ?? "-") \(body)."))
    }

    @Test(
        "a handler sees the same request over HTTP/1.1 and HTTP/2",
        arguments: [
            "/", "/a%20b/c?x=1&y=%C3%A4&x=2", "/p+q?a+b=c+d%2B&e&=f&g==h", "/?", "/a?b?c", "/%zz%4?%=%1",
            "/a%2Fb?x=%26%3D",
        ])
    func sameRequest(_ target: String) throws {
        let server = try Self.server(handler: Self.echo)
        defer { server.stop() }
        let fields = [("x-a", "one"), ("x-a", "two"), ("content-type", "Application/JSON; charset=utf-8")]
        let client = try HTTP2Client(port: server.port)
        client.post(target, on: 1, fields)
        client.body(Array("{}".utf8), on: 1, ends: true)
        let answer = client.answer(1)
        #expect(answer.status == "201")
        #expect(answer.headers["x-made-by"] == "test")
        #expect(answer.headers["content-length"] == String(answer.body.count))
        #expect(answer.headers["date"]?.hasSuffix(" GMT") == true)

        let plain = try RawClient(port: server.port)
        plain.send(
            "POST \(target) HTTP/1.1\r\nHost: localhost\r\n"
                + fields.map { "\($0.0): \($0.1)\r\n" }.joined() + "Content-Length: 2\r\n\r\n{}")
        let text = plain.read(until: "{}.")
        #expect(text.hasPrefix("HTTP/1.1 201 "))
        let body = try #require(text.components(separatedBy: "\r\n\r\n").last)
        #expect(answer.text == body)
    }

    @Test("the beginning of a connection is waited for, byte by byte, and tells the protocol")
    func greetings() throws {
        let server = try Self.server(handler: Self.echo)
        defer { server.stop() }
        let client = try HTTP2Client(port: server.port, greeting: [])
        for byte in HTTP2Client.preface + HTTP2Client.frame(Kind.settings) {
            client.send([byte])
            usleep(500)
        }
        client.get("/slow", on: 1)
        #expect(client.answer(1).text.hasPrefix("GET /slow "))
        // These begin like the other protocol's preface.
        for method in ["P", "PRI", "PRIX", "PUT"] {
            let plain = try RawClient(port: server.port)
            for letter in "\(method) /a HTTP/1.1\r\nHost: b\r\nContent-Length: 0\r\n\r\n" {
                plain.send(String(letter))
            }
            #expect(plain.read(until: ".").contains("\(method) /a [] "))
        }
        let wrong = try RawClient(port: server.port)
        wrong.send("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")
        #expect(wrong.readToEnd().hasPrefix("HTTP/1.1 505"))
        let upgrade = try RawClient(port: server.port)
        upgrade.get(
            "/up",
            headers: "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n")
        #expect(upgrade.read(until: " .").hasPrefix("HTTP/1.1 201 "))
        upgrade.forget()
        upgrade.get("/again")
        #expect(upgrade.read(until: " .").contains("GET /again"))
    }

    @Test("large bodies come whole, and what is above the limit is refused")
    func bodies() throws {
        let server = try Self.server({ $0.bodyLimit = 300_000 }) { request, reply in
            reply.send(HTTPResponse(contentType: "application/octet-stream", body: .bytes(request.body)))
        }
        defer { server.stop() }
        let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
        let client = try HTTP2Client(port: server.port)
        client.post("/", on: 1)
        client.body(body, on: 1, ends: true)
        #expect(client.answer(1).body == body)
        client.post("/", on: 3)
        client.body(body + [0], on: 3, ends: true)
        #expect(client.answer(3).status == "413")
        // Two requests share the bound.
        client.post("/", on: 5)
        client.post("/", on: 7)
        client.body(Array(body.prefix(200_000)), on: 5, ends: false)
        client.body(Array(body.prefix(200_000)), on: 7, ends: true)
        #expect(client.answer(7).status == "413")
        client.send(Kind.data, flags: HTTP2Client.endStream, stream: 5)
        #expect(client.answer(5).body.count == 200_000)
        // The connection goes on.
        client.get("/", on: 9)
        #expect(client.answer(9).status == "200")
    }

    @Test("a hundred streams of one connection come each for itself, and end by themselves")
    func manyStreams() throws {
        let streams = Mutex<[String: HTTPStream]>([:])
        let server = try Self.server { request, reply in
            let stream = HTTPStream()
            streams.withLock { $0[request.path] = stream }
            reply.send(HTTPResponse(contentType: "text/plain", body: .stream(stream)))
        }
        defer { server.stop() }
        let client = try HTTP2Client(port: server.port)
        for number in 0..<100 { client.get("/\(number)", on: UInt32(2 * number + 1)) }
        #expect(Self.waitUntil { streams.withLock { $0.count } == 100 })
        for round in 0..<3 {
            for number in 0..<100 {
                streams.withLock { _ = $0["/\(number)"]?.write("\(number):\(round);") }
            }
            for number in 0..<100 {
                let text = client.read(UInt32(2 * number + 1), until: ":\(round);")
                #expect(text == (0...round).map { "\(number):\($0);" }.joined())
            }
        }
        // One is reset by the client, one ends, the others go on.
        let gone = try #require(streams.withLock { $0["/7"] })
        client.reset(15)
        #expect(Self.waitUntil { gone.isClosed })
        #expect(gone.write("more") == .closed)
        streams.withLock { $0["/8"]?.finish(with: Array("end".utf8)) }
        #expect(client.answer(17).text.hasSuffix("end"))
        let left = streams.withLock { $0.filter { $0.key != "/7" && $0.key != "/8" }.map(\.value) }
        #expect(!left.contains { $0.isClosed })
        client.leave()
        #expect(Self.waitUntil { left.allSatisfy(\.isClosed) })
    }

    @Test("what a client has no room for stays with the writer, and holds up no other stream")
    func slowReader() throws {
        let slow = HTTPStream(limit: 100_000)
        let server = try Self.server { request, reply in
            reply.send(
                request.path == "/slow"
                    ? HTTPResponse(contentType: "text/plain", body: .stream(slow))
                    : HTTPResponse(contentType: "text/plain", text: "quick."))
        }
        defer { server.stop() }
        let client = try HTTP2Client(port: server.port)
        client.givesRoom = false
        // The connection has room, the stream has what each has at first.
        client.give(10_000_000, to: 0)
        client.get("/slow", on: 1)
        client.pump { client.answers[1]?.status != nil }
        let piece = [UInt8](repeating: 65, count: 10_000)
        var taken = 0
        while taken < 30, slow.write(piece) == .taken {
            taken += 1
            client.synchronize()
        }
        // 65,535 bytes have left, no more than the limit waits.
        #expect(client.answers[1]?.body.count == 65_535)
        #expect(slow.waitingBytes == taken * 10_000 - 65_535)
        #expect(slow.write([UInt8](repeating: 65, count: 100_000)) == .full)
        let room = Mutex(false)
        slow.onRoom(below: 1000) { room.withLock { $0 = true } }
        #expect(!room.withLock { $0 })
        client.get("/quick", on: 3)
        #expect(client.answer(3).text == "quick.")
        client.give(1_000_000, to: 1)
        client.pump { client.answers[1]?.body.count == taken * 10_000 }
        #expect(Self.waitUntil { room.withLock { $0 } })
        slow.finish()
        #expect(client.answer(1).hasEnded)
    }

    @Test("a body that is handed on is answered while it comes, and no more of it than is taken")
    func upload() throws {
        let uploads = Mutex<[HTTPUpload]>([])
        let server = try Self.server(streamsBody: { $0 == "POST" && $1 == "/echo" }) { request, reply in
            guard let upload = request.upload else {
                reply.send(HTTPResponse(contentType: "text/plain", text: "whole \(request.body.count)."))
                return
            }
            uploads.withLock { $0.append(upload) }
            let stream = HTTPStream()
            reply.send(HTTPResponse(contentType: "text/plain", body: .stream(stream)))
            if request.query("wait") == nil { Self.echo(upload, to: stream) }
        }
        defer { server.stop() }
        let client = try HTTP2Client(port: server.port)
        client.post("/echo", on: 1)
        var sent = ""
        for number in 0..<20 {
            sent += "piece \(number);"
            client.send(Kind.data, stream: 1, Array("piece \(number);".utf8))
            #expect(client.read(1, until: sent) == sent)
        }
        client.send(Kind.data, flags: HTTP2Client.endStream, stream: 1, Array("last".utf8))
        #expect(client.answer(1).text == sent + "last|")

        // Nobody takes these: the window stays shut.
        client.post("/echo?wait=1", on: 3)
        for _ in 0..<4 { client.send(Kind.data, stream: 3, [UInt8](repeating: 66, count: 16_000)) }
        client.synchronize()
        #expect(client.granted[3] == nil)
        #expect(Self.waitUntil { uploads.withLock { $0.count } == 2 })
        let upload = try #require(uploads.withLock { $0.count == 2 ? $0[1] : nil })
        let received = Mutex(0)
        upload.next { if case .bytes(let bytes, false) = $0 { received.withLock { $0 = bytes.count } } }
        client.pump { client.granted[3] != nil }
        #expect(Self.waitUntil { received.withLock { $0 } == 64_000 })
        // The client goes away: who waits for more is told.
        let isBroken = Mutex(false)
        upload.next { if case .broken = $0 { isBroken.withLock { $0 = true } } }
        client.reset(3)
        #expect(Self.waitUntil { isBroken.withLock { $0 } })

        client.post("/other", on: 5)
        client.body([1, 2, 3], on: 5, ends: true)
        #expect(client.answer(5).text == "whole 3.")
        // Over HTTP/1.1 the same handler gets it in one piece.
        let plain = try RawClient(port: server.port)
        plain.post("/echo", Array("abc".utf8))
        #expect(plain.read(until: "|").hasSuffix("abc|") || plain.received.contains("abc|"))
    }

    private static func echo(_ upload: HTTPUpload, to stream: HTTPStream) {
        upload.next { piece in
            guard case .bytes(let bytes, let isLast) = piece else { return }
            stream.write(bytes)
            if isLast { return stream.finish(with: Array("|".utf8)) }
            stream.onRoom(below: 1000) { echo(upload, to: stream) }
        }
    }

    @Test("a request that is answered before its end is told to stop")
    func earlyAnswer() throws {
        let server = try Self.server(streamsBody: { _, _ in true }) { _, reply in
            reply.send(HTTPResponse(status: 404, contentType: "text/plain", text: "no.\n"))
        }
        defer { server.stop() }
        let client = try HTTP2Client(port: server.port)
        client.post("/", on: 1)
        client.pump { client.answers[1]?.reset != nil }
        #expect(client.answers[1]?.status == "404")
        #expect(client.answers[1]?.text == "no.\n")
        #expect(client.answers[1]?.reset == 0)
    }

    @Test("HEAD has no body, empty answers end, and a client that waits for leave gets it")
    func heads() throws {
        let server = try Self.server { request, reply in
            reply.send(
                request.path == "/empty"
                    ? HTTPResponse(status: 204)
                    : HTTPResponse(contentType: "text/plain", text: "twelve bytes"))
        }
        defer { server.stop() }
        let client = try HTTP2Client(port: server.port)
        client.send(
            Kind.headers, flags: HTTP2Client.endHeaders | HTTP2Client.endStream, stream: 1,
            HTTP2Client.head("HEAD", "/"))
        let head = client.answer(1)
        #expect(head.headers["content-length"] == "12")
        #expect(head.body.isEmpty && head.status == "200")
        client.get("/empty", on: 3)
        #expect(client.answer(3).status == "204")
        client.post("/", on: 5, [("expect", "100-continue")])
        client.pump { client.answers[5]?.status == "100" }
        #expect(client.answers[5]?.status == "100")
        client.body([1], on: 5, ends: true)
        #expect(client.answer(5).status == "200")
    }

    @Test("stopping says good-bye, ends streams, lets answers out and refuses who comes after")
    func stop() throws {
        let stream = HTTPStream()
        let gate = DispatchSemaphore(value: 0)
        let begun = DispatchSemaphore(value: 0)
        let server = try Self.server(streamsBody: { $1 == "/upload" }) { request, reply in
            switch request.path {
            case "/stream": reply.send(HTTPResponse(contentType: "text/plain", body: .stream(stream)))
            case "/upload":
                let answer = HTTPStream()
                reply.send(HTTPResponse(contentType: "text/plain", body: .stream(answer)))
                if let upload = request.upload { Self.echo(upload, to: answer) }
            default:
                begun.signal()
                gate.wait()
                reply.send(HTTPResponse(contentType: "text/plain", text: "at last."))
            }
        }
        let client = try HTTP2Client(port: server.port)
        client.get("/stream", on: 1)
        stream.write("something")
        _ = client.read(1, until: "something")
        client.get("/slow", on: 3)
        client.post("/upload", on: 5)
        client.send(Kind.data, stream: 5, Array("row".utf8))
        _ = client.read(5, until: "row")
        client.post("/half", on: 7)
        begun.wait()
        client.synchronize()
        let hasStopped = Mutex(false)
        Thread.detachNewThread {
            server.stop()
            hasStopped.withLock { $0 = true }
        }
        #expect(client.answer(1).text == "something")
        #expect(client.goodBye == 0)
        #expect(client.answer(5).text == "row|")
        #expect(client.answer(7).reset != nil)
        gate.signal()
        #expect(client.answer(3).text == "at last.")
        client.pump { false }
        #expect(client.isClosed)
        #expect(Self.waitUntil { hasStopped.withLock { $0 } })
        #expect(throws: (any Error).self) { try RawClient(port: server.port) }
    }

    @Test("a connection on which nothing happens is closed, one that waits for a stream is not")
    func idle() throws {
        let stream = HTTPStream()
        let server = try Self.server({ $0.idleSeconds = 1 }) { request, reply in
            reply.send(
                request.path == "/stream"
                    ? HTTPResponse(contentType: "text/plain", body: .stream(stream))
                    : HTTPResponse(contentType: "text/plain", text: "well."))
        }
        defer { server.stop() }
        let waiting = try HTTP2Client(port: server.port)
        waiting.get("/stream", on: 1)
        stream.write("a")
        _ = waiting.read(1, until: "a")
        let silent = try RawClient(port: server.port)
        let half = try HTTP2Client(port: server.port, greeting: Array(HTTP2Client.preface.prefix(7)))
        let idle = try HTTP2Client(port: server.port)
        idle.get("/", on: 1)
        #expect(idle.answer(1).text == "well.")
        idle.pump { false }
        #expect(idle.isClosed && idle.goodBye == 0)
        #expect(silent.readToEnd().isEmpty)
        half.pump { false }
        #expect(half.isClosed)
        stream.write("b")
        #expect(waiting.read(1, until: "b") == "ab")
    }
}
