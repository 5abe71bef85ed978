import CNghttp2
import Foundation

/// A client of HTTP/2 that writes frames by itself, also such as no client should write.
final class HTTP2Client {
    struct Frame {
        let type: UInt8
        let flags: UInt8
        let stream: UInt32
        let payload: [UInt8]
    }

    /// What came on a stream.
    struct Answer {
        var headers: [String: String] = [:]
        var body: [UInt8] = []
        var hasEnded = false
        /// RST_STREAM's error code.
        var reset: UInt32?

        var status: String? { headers[":status"] }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let priority: UInt8 = 2
        static let reset: UInt8 = 3
        static let settings: UInt8 = 4
        static let ping: UInt8 = 6
        static let goAway: UInt8 = 7
        static let window: UInt8 = 8
        static let continuation: UInt8 = 9
    }

    static let endStream: UInt8 = 1
    static let endHeaders: UInt8 = 4
    static let acknowledgement: UInt8 = 1
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private var descriptor: Int32
    private var waiting: [UInt8] = []
    private var inflater: OpaquePointer?
    private var headerBlock: [UInt8] = []
    private(set) var answers: [UInt32: Answer] = [:]
    /// Sums of what the server's windows grew by, by stream; 0 is the connection.
    private(set) var granted: [UInt32: Int] = [:]
    /// GOAWAY's error code.
    private(set) var goodBye: UInt32?
    private(set) var isClosed = false
    /// Whether room is given for all data that come.
    var givesRoom = true
    var answersSettings = true

    /// - Parameter greeting: sent first.
    init(
        port: UInt16, greeting: [UInt8] = preface + frame(Kind.settings)
    ) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var one: Int32 = 1
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let failure = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard failure == 0 else { throw POSIXError(.ECONNREFUSED) }
        nghttp2_hd_inflate_new(&inflater)
        send(greeting)
    }

    deinit {
        leave()
        nghttp2_hd_inflate_del(inflater)
    }

    func leave() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    // MARK: Sending

    static func frame(
        _ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []
    ) -> [UInt8] {
        let count = payload.count
        return [UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF), type, flags]
            + bytes(stream) + payload
    }

    static func bytes(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    /// Fields as literals that no table is used for.
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { [0] + literal($0.0) + literal($0.1) }
    }

    private static func literal(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
        var length: [UInt8] = [127]
        var rest = bytes.count - 127
        while rest >= 128 {
            length.append(UInt8(rest % 128 + 128))
            rest /= 128
        }
        return length + [UInt8(rest)] + bytes
    }

    /// The other side may end the connection meanwhile.
    func send(_ bytes: [UInt8]) { _ = sender(bytes) }

    /// Sends from any thread, as long as the client is there; false when the connection is over.
    var sender: @Sendable ([UInt8]) -> Bool {
        { [descriptor] bytes in
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(
                        descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent,
                        Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }
    }

    func send(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) {
        send(Self.frame(type, flags: flags, stream: stream, payload))
    }

    static func head(_ method: String, _ path: String, _ fields: [(String, String)] = []) -> [UInt8] {
        block(
            [(":method", method), (":scheme", "http"), (":authority", "localhost"), (":path", path)] + fields)
    }

    func get(_ path: String, on stream: UInt32, _ fields: [(String, String)] = []) {
        send(
            Kind.headers, flags: Self.endHeaders | Self.endStream, stream: stream,
            Self.head("GET", path, fields))
    }

    func post(_ path: String, on stream: UInt32, _ fields: [(String, String)] = []) {
        send(Kind.headers, flags: Self.endHeaders, stream: stream, Self.head("POST", path, fields))
    }

    /// Data in frames, as the server's windows allow; waits for room.
    func body(_ bytes: [UInt8], on stream: UInt32, ends: Bool) {
        var sent = 0
        let room = 65_535
        repeat {
            pump {
                answers[stream]?.hasEnded == true || room + (granted[stream] ?? 0) > sent || bytes.isEmpty
            }
            let count = min(bytes.count - sent, 16_384, room + (granted[stream] ?? 0) - sent)
            guard count >= 0, !isClosed, answers[stream]?.hasEnded != true else { return }
            let isLast = sent + count == bytes.count
            send(
                Kind.data, flags: ends && isLast ? Self.endStream : 0, stream: stream,
                Array(bytes[sent..<sent + count]))
            sent += count
        } while sent < bytes.count
    }

    func reset(_ stream: UInt32) { send(Kind.reset, stream: stream, Self.bytes(8)) }

    func give(_ count: UInt32, to stream: UInt32) { send(Kind.window, stream: stream, Self.bytes(count)) }

    // MARK: Receiving

    /// Reads until a condition holds or the connection ends.
    func pump(until condition: () -> Bool) {
        while !condition(), let frame = next() { take(frame) }
    }

    /// The answer on a stream, when it is whole.
    func answer(_ stream: UInt32) -> Answer {
        pump { answers[stream]?.hasEnded == true || answers[stream]?.reset != nil }
        return answers[stream] ?? Answer()
    }

    /// Reads until the text that came on a stream contains another.
    func read(_ stream: UInt32, until text: String) -> String {
        pump { answers[stream]?.text.contains(text) == true || answers[stream]?.hasEnded == true }
        return answers[stream]?.text ?? ""
    }

    /// A PING's answer comes behind all that the server had to say before.
    func synchronize() {
        let mark = (0..<8).map { _ in UInt8.random(in: 0...255) }
        send(Kind.ping, mark)
        while let frame = next() {
            if frame.type == Kind.ping, frame.flags & Self.acknowledgement != 0, frame.payload == mark {
                return
            }
            take(frame)
        }
    }

    private func next() -> Frame? {
        while true {
            if waiting.count >= 9 {
                let count = Int(waiting[0]) << 16 | Int(waiting[1]) << 8 | Int(waiting[2])
                if waiting.count >= 9 + count {
                    let stream = waiting[5..<9].reduce(0) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
                    defer { waiting.removeFirst(9 + count) }
                    return Frame(
                        type: waiting[3], flags: waiting[4], stream: stream,
                        payload: Array(waiting[9..<9 + count]))
                }
            }
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            guard count > 0 else {
                isClosed = true
                return nil
            }
            waiting += bytes[..<count]
        }
    }

    private func take(_ frame: Frame) {
        func number(_ offset: Int) -> UInt32 {
            frame.payload[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        switch frame.type {
        case Kind.settings:
            if frame.flags & Self.acknowledgement == 0, answersSettings {
                send(Kind.settings, flags: Self.acknowledgement)
            }
        case Kind.ping:
            if frame.flags & Self.acknowledgement == 0 {
                send(Kind.ping, flags: Self.acknowledgement, frame.payload)
            }
        case Kind.headers, Kind.continuation:
            headerBlock += frame.payload
            if frame.flags & Self.endHeaders != 0 { inflate(frame.stream) }
        case Kind.data:
            answers[frame.stream, default: Answer()].body += frame.payload
            if givesRoom, !frame.payload.isEmpty {
                give(UInt32(frame.payload.count), to: 0)
                give(UInt32(frame.payload.count), to: frame.stream)
            }
        case Kind.reset: answers[frame.stream, default: Answer()].reset = number(0)
        case Kind.goAway: goodBye = number(4)
        case Kind.window: granted[frame.stream, default: 0] += Int(number(0))
        default: break
        }
        if frame.type == Kind.data || frame.type == Kind.headers, frame.flags & Self.endStream != 0 {
            answers[frame.stream, default: Answer()].hasEnded = true
        }
    }

    private func inflate(_ stream: UInt32) {
        var block = headerBlock[...]
        headerBlock = []
        while true {
            var field = nghttp2_nv()
            var flags: Int32 = 0
            let count = block.withUnsafeBufferPointer {
                nghttp2_hd_inflate_hd2(inflater, &field, &flags, $0.baseAddress, $0.count, 1)
            }
            guard count >= 0 else { return }
            block = block.dropFirst(count)
            if flags & Int32(NGHTTP2_HD_INFLATE_EMIT.rawValue) != 0 {
                let name = UnsafeBufferPointer(start: field.name, count: field.namelen)
                let value = UnsafeBufferPointer(start: field.value, count: field.valuelen)
                answers[stream, default: Answer()].headers[String(decoding: name, as: UTF8.self)] =
                    String(decoding: value, as: UTF8.self)
            }
            if flags & Int32(NGHTTP2_HD_INFLATE_FINAL.rawValue) != 0 {
                nghttp2_hd_inflate_end_headers(inflater)
                return
            }
        }
    }
}
