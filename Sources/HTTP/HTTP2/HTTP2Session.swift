import CNghttp2
import Glibc

/// The server's side of one connection of HTTP/2: bytes in, requests dispatched, bytes out; without a socket.
///
/// Bodies of streams are bounded by flow control: a client sends no more than a stream's window beyond what a
/// handler has taken, and gets no more than it has room for. Whole bodies and whole answers are bounded by
/// counting. All but `schedule` is for one thread.
final class HTTP2Session: @unchecked Sendable {
    /// Does something on the session's thread.
    typealias Schedule = @Sendable (@escaping @Sendable () -> Void) -> Void

    private static let windowBytes = 64 << 10
    private static let connectionWindowBytes: Int32 = 1 << 20
    /// Whole answers that wait for the client; beyond it further requests are refused.
    private static let unsentLimit = 64 << 20
    /// Fields behind the limit are looked at up to here; then the stream is reset.
    private static let headerFactor = 4

    let dispatch: RequestDispatch
    private let post: Schedule
    /// Called after something was scheduled and done, when there may be bytes to send.
    var onOutput: () -> Void = {}
    private var session: OpaquePointer?
    private var streams: [Int32: HTTP2Stream] = [:]
    /// Handlers that have not answered, of streams that are there and of those that were reset.
    private var unanswered = 0
    /// Of whole bodies of requests under way.
    private var bodyBytes = 0
    private var unsentBytes = 0
    /// Of streams that are over, until what they sent has left.
    private var closed: [HTTP2Exchange] = []
    private var controls: FrameBudget
    private var resets: FrameBudget

    /// - Returns: nil without memory.
    init?(_ dispatch: RequestDispatch, schedule: @escaping Schedule) {
        self.dispatch = dispatch
        post = schedule
        let now = EventLoop.now()
        controls = FrameBudget(capacity: 10_000, perSecond: 1000, now: now)
        resets = FrameBudget(capacity: 1000, perSecond: 100, now: now)
        session = HTTP2Callbacks.makeSession(for: self)
        guard let session else { return nil }
        let limit = UInt32(clamping: dispatch.configuration.streamLimit)
        let settings = [
            (NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limit),
            (NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, UInt32(Self.windowBytes)),
            (NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, UInt32(clamping: dispatch.configuration.headerLimit)),
        ].map { nghttp2_settings_entry(settings_id: Int32($0.rawValue), value: $1) }
        let none = UInt8(NGHTTP2_FLAG_NONE.rawValue)
        guard nghttp2_submit_settings(session, none, settings, settings.count) == 0,
            nghttp2_session_set_local_window_size(session, none, 0, Self.connectionWindowBytes) == 0
        else { return nil }
    }

    deinit { if let session { nghttp2_session_del(session) } }

    /// From any thread.
    func schedule(_ work: @escaping @Sendable () -> Void) {
        post { [self] in
            guard session != nil else { return }
            work()
            onOutput()
        }
    }

    // MARK: Bytes

    /// Takes what has come; false when the connection is to be closed at once.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let session, let start = bytes.baseAddress else { return false }
        let taken = nghttp2_session_mem_recv(session, start.assumingMemoryBound(to: UInt8.self), bytes.count)
        return taken == bytes.count
    }

    /// Appends what is to be sent, until there is nothing more or `out` has so many bytes; false when the
    /// connection is to be closed at once.
    func send(to out: inout [UInt8], limit: Int) -> Bool {
        guard let session else { return false }
        while out.count < limit {
            var bytes: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(session, &bytes)
            guard count >= 0 else { return false }
            guard count > 0 else { return true }
            out += UnsafeBufferPointer(start: bytes, count: count)
        }
        return true
    }

    /// Whether anything is to come or to be sent.
    var isOver: Bool {
        guard let session else { return true }
        return nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
    }

    /// What was given by `send` has left.
    func hasSent() {
        for exchange in closed { dispatch.exchanges.remove(exchange) }
        closed = []
    }

    /// Whether nothing is under way, or only what the client is to go on with.
    var isIdle: Bool { !streams.values.contains { $0.isServersTurn } }

    // MARK: The end

    /// Takes no further requests, and ends answers that stream.
    func finish() {
        guard let session else { return }
        nghttp2_submit_goaway(
            session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nghttp2_session_get_last_proc_stream_id(session),
            NGHTTP2_NO_ERROR.rawValue, nil, 0)
        for stream in Array(streams.values) {
            if let upload = stream.upload, !stream.hasEnded {
                // Its handler ends the answer behind what has come.
                upload.finish()
            } else if case .stream(let answer) = stream.answer {
                answer.finish()
            }
            if stream.exchange == nil {
                // The rest of it would be waited for.
                nghttp2_submit_rst_stream(
                    session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, NGHTTP2_REFUSED_STREAM.rawValue)
            }
        }
    }

    /// Says good-bye to a client that does nothing, or too much.
    func terminate(isFlood: Bool = false) {
        guard let session else { return }
        let code = isFlood ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_NO_ERROR
        nghttp2_session_terminate_session(session, code.rawValue)
    }

    /// The connection is closed: all that was under way is over.
    func close() {
        guard let session else { return }
        self.session = nil
        for stream in Array(streams.values) { end(stream) }
        nghttp2_session_del(session)
        hasSent()
        onOutput = {}
    }

    private func end(_ stream: HTTP2Stream) {
        streams[stream.id] = nil
        bodyBytes -= stream.body.count
        giveBackBody(of: stream)
        unsentBytes -= stream.unsentBytes
        stream.end()
        if let exchange = stream.exchange { closed.append(exchange) }
    }

    // MARK: Requests

    func begin(_ id: Int32) { streams[id] = HTTP2Stream(id) }

    /// A field of a request's head; false when there are by far too many.
    func add(_ name: String, _ value: String, _ id: Int32) -> Bool {
        guard let stream = streams[id], stream.exchange == nil else { return true }
        let limit = dispatch.configuration.headerLimit
        stream.head.add(name, value, limit: limit)
        return stream.head.size <= limit * Self.headerFactor
    }

    /// The head has come.
    func begun(_ id: Int32) {
        guard let session, let stream = streams[id], stream.exchange == nil else { return }
        guard stream.head.size <= dispatch.configuration.headerLimit else {
            return refuse(
                stream,
                HTTPResponse(
                    status: 431, contentType: "text/plain",
                    text: "the headers have more than \(dispatch.configuration.headerLimit) bytes\n"))
        }
        // Streams that are reset go at once, their handlers do not.
        guard unanswered < dispatch.configuration.streamLimit else {
            stream.isAnswered = true
            nghttp2_submit_rst_stream(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, NGHTTP2_REFUSED_STREAM.rawValue)
            return
        }
        if stream.head.headers["expect"]?.lowercased() == "100-continue" {
            HTTP2Callbacks.submit([(":status", "100")], to: session, id, isFinal: false)
        }
        // To let them wait would hang a client that reads nothing else before it has this answer.
        guard unsentBytes <= Self.unsentLimit else {
            return refuse(
                stream,
                HTTPResponse(
                    status: 503, contentType: "text/plain",
                    text: "too much of earlier answers on this connection has not been read\n"))
        }
        guard dispatch.streamsBody(stream.head.method, stream.head.target.path) else { return }
        let exchange = HTTP2Exchange(id, self)
        stream.upload = HTTPUpload(execute: dispatch.execute) { exchange.hasTaken($0) }
        start(stream, exchange)
    }

    /// A piece of the body.
    func append(_ bytes: UnsafeRawBufferPointer, _ id: Int32) {
        guard let session else { return }
        // The window of the connection is no bound: a handler that is slow would hold up the others.
        nghttp2_session_consume_connection(session, bytes.count)
        guard let stream = streams[id] else { return }
        if let upload = stream.upload { return upload.append(bytes) }
        nghttp2_session_consume_stream(session, id, bytes.count)
        guard !stream.isAnswered else { return }
        guard bodyBytes + bytes.count <= dispatch.configuration.bodyLimit else {
            return refuse(stream, dispatch.tooLarge)
        }
        guard dispatch.keepBody(bytes.count) else { return refuse(stream, dispatch.overloaded) }
        stream.keptBytes += bytes.count
        bodyBytes += bytes.count
        stream.body += bytes
    }

    /// The request is whole.
    func ended(_ id: Int32) {
        guard let stream = streams[id], !stream.hasEnded else { return }
        stream.hasEnded = true
        if let upload = stream.upload { return upload.finish() }
        guard !stream.isAnswered, stream.exchange == nil else { return }
        start(stream, HTTP2Exchange(id, self))
    }

    private func start(_ stream: HTTP2Stream, _ exchange: HTTP2Exchange) {
        stream.exchange = exchange
        unanswered += 1
        let head = stream.head
        let request = HTTPRequest(
            method: head.method, path: head.target.path, query: head.target.query, headers: head.headers,
            body: stream.body, upload: stream.upload)
        bodyBytes -= stream.body.count
        stream.body = []
        dispatch.dispatch(request, exchange)
    }

    /// The handler has taken so many bytes of an upload.
    func hasTaken(_ count: Int, _ id: Int32) {
        if let session, streams[id] != nil { nghttp2_session_consume_stream(session, id, count) }
    }

    /// Counts a frame that brings no request on, and one that takes a request back.
    func count(isReset: Bool) {
        let now = EventLoop.now()
        if !(isReset ? resets.take(now) : controls.take(now)) { terminate(isFlood: true) }
    }

    // MARK: Answers

    private func giveBackBody(of stream: HTTP2Stream) {
        dispatch.giveBackBody(stream.keptBytes)
        stream.keptBytes = 0
    }

    /// The handler's answer.
    func answer(_ id: Int32, _ response: HTTPResponse) {
        unanswered -= 1
        guard let stream = streams[id] else {
            if case .stream(let lost) = response.body { lost.detach() }
            return
        }
        submit(response, stream)
    }

    private func refuse(_ stream: HTTP2Stream, _ response: HTTPResponse) {
        bodyBytes -= stream.body.count
        stream.body = []
        giveBackBody(of: stream)
        submit(response, stream)
    }

    private func submit(_ response: HTTPResponse, _ stream: HTTP2Stream) {
        guard let session, !stream.isAnswered else { return }
        stream.isAnswered = true
        var fields = [(":status", String(response.status))]
        // What HTTP/2 has no use for is refused by clients.
        let foreign: Set = ["connection", "keep-alive", "transfer-encoding", "upgrade", "proxy-connection"]
        for (name, value) in response.headers where !foreign.contains(name.lowercased()) {
            fields.append((name.lowercased(), value))
        }
        fields.append(("date", HTTPDate.now()))
        var hasBody = stream.head.method != "HEAD"
        switch response.body {
        case .bytes(let bytes):
            fields.append(("content-length", String(bytes.count)))
            hasBody = hasBody && !bytes.isEmpty
            if hasBody {
                stream.answer = .bytes(bytes, 0)
                unsentBytes += bytes.count
            }
        case .stream(let body):
            if hasBody, let exchange = stream.exchange {
                body.attach(exchange)
                stream.answer = .stream(body)
            } else {
                body.detach()
            }
        }
        HTTP2Callbacks.submit(fields, to: session, stream.id, isFinal: true, hasBody: hasBody)
    }

    /// Gives bytes of an answer; -1 at its end, -2 where it breaks off.
    func read(_ id: Int32, _ target: UnsafeMutablePointer<UInt8>, _ room: Int) -> Int {
        guard let stream = streams[id] else { return HTTPServer.endWithError }
        let before = stream.unsentBytes
        defer { unsentBytes += stream.unsentBytes - before }
        return stream.read(target, room)
    }

    func resume(_ id: Int32) {
        if let session, streams[id] != nil { nghttp2_session_resume_data(session, id) }
    }

    /// The answer has gone out whole. A client that still sends its request is told to stop.
    func answered(_ id: Int32) {
        guard let session, let stream = streams[id], !stream.hasEnded else { return }
        nghttp2_submit_rst_stream(
            session, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, NGHTTP2_NO_ERROR.rawValue)
    }

    /// nghttp2 knows the stream no more.
    func closed(_ id: Int32) { if let stream = streams[id] { end(stream) } }
}
