import Foundation
import Synchronization
import Testing

@testable import HTTP

/// Clients of HTTP/2 that mean no good, or do not know better.
@Suite("HTTP/2 under attack")
struct HTTP2AttackTests {
    private typealias Kind = HTTP2Client.Kind
    private static let enhanceYourCalm: UInt32 = 11

    private static func server(
        _ change: (inout HTTPConfiguration) -> Void = { _ in }, handler: @escaping HTTPServer.Handler
    ) throws -> HTTPServer {
        var configuration = HTTPConfiguration()
        configuration.stopSeconds = 1
        change(&configuration)
        return try HTTPServer(
            configuration, execute: { work in Thread.detachNewThread { work() } }, handler: handler)
    }

    private static let well: HTTPServer.Handler = { _, reply in
        reply.send(HTTPResponse(contentType: "text/plain", text: "well."))
    }

    @Test("headers above the limit are refused, and by far too many cost the stream alone")
    func headers() throws {
        let server = try Self.server({ $0.headerLimit = 10_000 }, handler: Self.well)
        defer { server.stop() }
        let client = try HTTP2Client(port: server.port)
        client.get("/", on: 1, [("x-long", String(repeating: "a", count: 9000))])
        #expect(client.answer(1).status == "200")
        client.get("/", on: 3, [("x-long", String(repeating: "a", count: 10_000))])
        #expect(client.answer(3).status == "431")
        // One long field in the table, named again and again by a byte each.
        let entry = HTTP2Client.block([("x-long", String(repeating: "a", count: 3000))]).dropFirst()
        client.send(
            Kind.headers, flags: HTTP2Client.endHeaders | HTTP2Client.endStream, stream: 5,
            HTTP2Client.head("GET", "/") + [0x40] + entry + [UInt8](repeating: 0xBE, count: 5000))
        #expect(client.answer(5).reset != nil)
        client.get("/", on: 7)
        #expect(client.answer(7).text == "well.")
    }

    @Test(
        "floods of frames that ask for nothing end the connection",
        arguments: [Kind.settings, Kind.ping, Kind.priority, Kind.data])
    func floods(_ kind: UInt8) throws {
        let server = try Self.server(handler: Self.well)
        defer { server.stop() }
        let client = try HTTP2Client(port: server.port)
        let stream: UInt32 = kind == Kind.data || kind == Kind.priority ? 1 : 0
        if kind == Kind.data { client.post("/", on: 1) }
        let payload = [Kind.ping: 8, Kind.priority: 5][kind] ?? 0
        let frame = HTTP2Client.frame(kind, stream: stream, [UInt8](repeating: 0, count: payload))
        let flood = Array(repeatElement(frame, count: 1000).joined())
        client.answersSettings = false
        let sender = client.sender
        let isOver = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            for _ in 0..<200 where sender(flood) {}
            isOver.signal()
        }
        client.pump { false }
        isOver.wait()
        #expect(client.isClosed)
        let other = try HTTP2Client(port: server.port)
        other.get("/", on: 1)
        #expect(other.answer(1).text == "well.")
    }

    @Test("streams that are opened and reset do not pile up handlers, and end the connection")
    func rapidReset() throws {
        let asked = Mutex(0)
        let gate = DispatchSemaphore(value: 0)
        let server = try Self.server({ $0.streamLimit = 50 }) { _, reply in
            asked.withLock { $0 += 1 }
            gate.wait()
            gate.signal()
            reply.send(HTTPResponse(contentType: "text/plain", text: "late"))
        }
        defer {
            gate.signal()
            server.stop()
        }
        let client = try HTTP2Client(port: server.port)
        for number in 0..<5000 {
            let stream = UInt32(2 * number + 1)
            client.send(
                HTTP2Client.frame(
                    Kind.headers, flags: HTTP2Client.endHeaders | HTTP2Client.endStream, stream: stream,
                    HTTP2Client.head("GET", "/"))
                    + HTTP2Client.frame(Kind.reset, stream: stream, HTTP2Client.bytes(8)))
        }
        client.pump { client.goodBye != nil }
        #expect(client.goodBye != nil || client.isClosed)
        #expect(asked.withLock { $0 } <= 50)
    }

    @Test("more streams than the limit are refused, and those that are there go on")
    func streamLimit() throws {
        let stream = HTTPStream()
        let server = try Self.server({ $0.streamLimit = 3 }) { request, reply in
            reply.send(
                request.path == "/end"
                    ? HTTPResponse(contentType: "text/plain", body: .stream(stream))
                    : HTTPResponse(contentType: "text/plain", body: .stream(HTTPStream())))
        }
        defer { server.stop() }
        let client = try HTTP2Client(port: server.port)
        client.answersSettings = false
        client.get("/end", on: 1)
        client.get("/", on: 3)
        client.get("/", on: 5)
        client.get("/", on: 7)
        #expect(client.answer(7).reset == 7)
        stream.finish()
        #expect(client.answer(1).hasEnded)
        client.get("/", on: 9)
        client.pump { client.answers[9]?.status != nil }
        #expect(client.answers[9]?.status == "200")
        // Once the client has said that it knows the limit, it is to keep it.
        client.send(Kind.settings, flags: HTTP2Client.acknowledgement)
        client.get("/", on: 11)
        client.pump { client.goodBye != nil }
        #expect(client.goodBye == 1)
    }

    @Test("whole answers that nobody reads are bounded")
    func unreadAnswers() throws {
        let server = try Self.server { _, reply in
            reply.send(
                HTTPResponse(contentType: "text/plain", body: .bytes([UInt8](repeating: 65, count: 30 << 20)))
            )
        }
        defer { server.stop() }
        let client = try HTTP2Client(port: server.port)
        client.givesRoom = false
        for stream: UInt32 in [1, 3, 5] {
            client.get("/", on: stream)
            client.pump { client.answers[stream]?.status != nil }
        }
        client.get("/", on: 7)
        // Its text finds no room either.
        client.pump { client.answers[7]?.status != nil }
        #expect(client.answers[7]?.status == "503")
    }

    private struct Random {
        var state: UInt64

        mutating func next() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }

        mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in next() } }

        /// A frame that is right, nearly right, or nothing at all.
        mutating func frame(_ last: inout UInt32, wild: Bool) -> [UInt8] {
            // Of a stream that was opened, or of any.
            let any = UInt32(next())
            let stream = wild ? any % 32 : any % (last / 2 + 1) * 2 + 1
            switch next() % (wild ? 10 : 6) {
            case 0...2:
                last += 2
                let flags: UInt8 = next() % 2 == 0 ? 5 : 4
                let path = next() % 2 == 0 ? "/stream" : "/\(next())"
                return HTTP2Client.frame(
                    Kind.headers, flags: flags, stream: last, HTTP2Client.head("POST", path))
            case 3...4:
                return HTTP2Client.frame(
                    Kind.data, flags: next() % 4 == 0 ? 1 : 0, stream: stream, bytes(Int(next())))
            case 5: return HTTP2Client.frame(Kind.reset, stream: stream, bytes(4))
            case 6: return HTTP2Client.frame(Kind.window, stream: stream, [next() % 2] + bytes(3))
            case 7: return HTTP2Client.frame(Kind.settings, [0, next() % 8] + bytes(4))
            case 8:
                return HTTP2Client.frame(
                    next() % 12, flags: next(), stream: stream, bytes(Int(next() % 64)))
            default: return bytes(Int(next() % 40))
            }
        }
    }

    @Test("frames without sense harm no session", arguments: 1...8 as ClosedRange<UInt64>)
    func fuzz(_ seed: UInt64) throws {
        let posted = Mutex<[@Sendable () -> Void]>([])
        let asked = Mutex(0)
        var random = Random(state: seed)
        for round in 0..<600 {
            let dispatch = RequestDispatch(
                HTTPConfiguration(), execute: { $0() }, streamsBody: { _, path in path == "/stream" },
                handler: { request, reply in
                    asked.withLock { $0 += 1 }
                    let stream = HTTPStream()
                    stream.write("some")
                    reply.send(HTTPResponse(contentType: "text/plain", body: .stream(stream)))
                    request.upload?.next { _ in stream.finish() }
                })
            let session = try #require(
                HTTP2Session(dispatch) { work in posted.withLock { $0.append(work) } })
            var stream: UInt32 = 1
            var bytes = HTTP2Client.preface + HTTP2Client.frame(Kind.settings)
            var isWell = true
            for _ in 0..<40 where isWell && !session.isOver {
                // Every second one stays with what is mostly right, and lives longer.
                bytes += random.frame(&stream, wild: round % 2 == 0)
                let part = bytes.prefix(Int(random.next()) * 4)
                isWell = part.withUnsafeBytes { session.receive($0) } || part.isEmpty
                bytes.removeFirst(part.count)
                for work in posted.withLock({ work in
                    defer { work = [] }
                    return work
                }) { work() }
                var out: [UInt8] = []
                isWell = session.send(to: &out, limit: 1 << 16) && isWell
            }
            session.close()
            #expect(session.isOver, "seed \(seed)")
            posted.withLock { $0 = [] }
        }
        // The frames are not so wild that nothing came of any.
        #expect(asked.withLock { $0 } > 500, "seed \(seed)")
    }

    @Test("bytes without sense behind the preface harm nobody", arguments: 1...10 as ClosedRange<UInt64>)
    func garbage(_ seed: UInt64) throws {
        let server = try Self.server(handler: Self.well)
        defer { server.stop() }
        var random = Random(state: seed)
        for _ in 0..<10 {
            let greeting = HTTP2Client.preface + random.bytes(Int(random.next()) * 8)
            let client = try HTTP2Client(port: server.port, greeting: greeting)
            client.leave()
        }
        let client = try HTTP2Client(port: server.port)
        client.get("/", on: 1)
        #expect(client.answer(1).text == "well.", "seed \(seed)")
    }
}
