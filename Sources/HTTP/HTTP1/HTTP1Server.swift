import CMicrohttpd
import Diagnostics
import Glibc

/// HTTP/1.1 over libmicrohttpd, on connections that are handed to it.
///
/// Its threads only read and write. A complete request is dispatched, and its connection sleeps until the
/// answer comes.
final class HTTP1Server: @unchecked Sendable {
    private static let blockBytes = 32 << 10
    private static let hangUpSeconds = 2

    private let dispatch: RequestDispatch
    private let streams = OpenStreams()
    private let sockets = OpenSockets()
    private let mutex = HTTPLock()
    // Guarded by `mutex`.
    private var daemon: OpaquePointer?

    init(_ dispatch: RequestDispatch) throws(Diagnostic) {
        self.dispatch = dispatch
        daemon = try start()
    }

    deinit { stop() }

    private func start() throws(Diagnostic) -> OpaquePointer {
        let configuration = dispatch.configuration
        let server = Unmanaged.passUnretained(self).toOpaque()
        let flags =
            MHD_USE_EPOLL_INTERNAL_THREAD.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue
            | MHD_USE_NO_LISTEN_SOCKET.rawValue
        var options: [MHD_OptionItem] = [
            Self.option(MHD_OPTION.CONNECTION_LIMIT, configuration.connectionLimit),
            Self.option(MHD_OPTION.CONNECTION_TIMEOUT, Int(configuration.idleSeconds)),
            Self.option(MHD_OPTION.CONNECTION_MEMORY_LIMIT, configuration.headerLimit),
            Self.option(
                MHD_OPTION.NOTIFY_COMPLETED,
                unsafeBitCast(Self.completed as MHD_RequestCompletedCallback, to: Int.self), server),
            Self.option(
                MHD_OPTION.NOTIFY_CONNECTION,
                unsafeBitCast(Self.noticed as MHD_NotifyConnectionCallback, to: Int.self), server),
        ]
        if configuration.threads > 1 {
            options.append(Self.option(MHD_OPTION.THREAD_POOL_SIZE, configuration.threads))
        }
        options.append(Self.option(MHD_OPTION.END, 0))
        let made = options.withUnsafeMutableBufferPointer { options -> OpaquePointer? in
            guard let first = options.baseAddress else { return nil }
            return withVaList([CInt(MHD_OPTION.ARRAY.rawValue), first, CInt(MHD_OPTION.END.rawValue)]) {
                MHD_start_daemon_va(flags, 0, nil, nil, Self.access, server, $0)
            }
        }
        if let made { return made }
        throw Diagnostic(
            .io, "the HTTP server can't start",
            hint: "see whether the machine has file descriptors and memory left")
    }

    private static func option(
        _ option: MHD_OPTION, _ value: Int, _ pointer: UnsafeMutableRawPointer? = nil
    ) -> MHD_OptionItem {
        MHD_OptionItem(option: option, value: value, ptr_value: pointer)
    }

    /// Takes a socket that does not block, whose first bytes have not been read.
    func take(_ descriptor: CInt) {
        let daemon = mutex.withLock { self.daemon }
        guard let daemon else {
            close(descriptor)
            return
        }
        // It wants an address, which nobody asks it for. What it does not take it closes.
        var address = sockaddr()
        address.sa_family = sa_family_t(AF_UNSPEC)
        _ = MHD_add_connection(daemon, descriptor, &address, socklen_t(MemoryLayout<sockaddr>.size))
    }

    func finishStreams() { streams.finishAll() }

    /// Closes what is left. An answer that a handler gives later goes nowhere.
    func stop() {
        let daemon = mutex.withLock { () -> OpaquePointer? in
            defer { self.daemon = nil }
            return self.daemon
        }
        guard let daemon else { return }
        streams.stop()
        sockets.hangUp(seconds: Self.hangUpSeconds)
        MHD_stop_daemon(daemon)
    }

    // MARK: Requests

    private static let access: MHD_AccessHandlerCallback = {
        server, connection, path, method, _, bytes, count, context in
        guard let server, let connection, let context, let count else { return .NO }
        return Unmanaged<HTTP1Server>.fromOpaque(server).takeUnretainedValue()
            .take(connection, path, method, bytes, count, context)
    }

    private static let noticed: MHD_NotifyConnectionCallback = { server, connection, _, event in
        guard let server, let connection else { return }
        let sockets = Unmanaged<HTTP1Server>.fromOpaque(server).takeUnretainedValue().sockets
        let descriptor = millrace_connection_descriptor(connection)
        if event == .CONNECTION_NOTIFY_STARTED { sockets.add(descriptor) } else { sockets.remove(descriptor) }
    }

    private static let completed: MHD_RequestCompletedCallback = { server, _, context, _ in
        guard let server, let context, let pointer = context.pointee else { return }
        context.pointee = nil
        let exchange = Unmanaged<HTTP1Exchange>.fromOpaque(pointer).takeRetainedValue()
        Unmanaged<HTTP1Server>.fromOpaque(server).takeUnretainedValue().end(exchange)
    }

    /// Called when the head has come, for each piece of the body, at the body's end, and when the connection
    /// wakes up with an answer.
    private func take(
        _ connection: OpaquePointer, _ path: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?,
        _ bytes: UnsafePointer<CChar>?, _ count: UnsafeMutablePointer<Int>,
        _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) -> MHD_Result {
        guard let known = context.pointee else {
            let exchange = HTTP1Exchange(
                method: method.map { String(cString: $0) } ?? "",
                path: path.map { String(cString: $0) } ?? "/", dispatch)
            context.pointee = Unmanaged.passRetained(exchange).toOpaque()
            return .YES
        }
        let exchange = Unmanaged<HTTP1Exchange>.fromOpaque(known).takeUnretainedValue()
        if count.pointee > 0 {
            if let bytes { exchange.append(bytes, count.pointee) }
            count.pointee = 0
            return .YES
        }
        if let response = exchange.takeResponse() { return queue(response, exchange, connection) }
        guard !exchange.isDispatched else { return .YES }
        exchange.isDispatched = true
        if let refusal = exchange.refusal { return queue(refusal, exchange, connection) }
        let body = exchange.takeBody()
        let streams = dispatch.streamsBody(exchange.method, exchange.path)
        let request = HTTPRequest(
            method: exchange.method, path: exchange.path, query: Self.query(connection),
            headers: Self.headers(connection), body: streams ? [] : body,
            upload: streams ? HTTPUpload(body, execute: dispatch.execute) : nil)
        exchange.sleep(connection)
        dispatch.dispatch(request, exchange)
        return .YES
    }

    private func end(_ exchange: HTTP1Exchange) {
        if let stream = exchange.stream { streams.remove(stream) }
        exchange.end()
        dispatch.exchanges.remove(exchange)
    }

    private final class Pairs {
        var list: [(name: String, value: String)] = []
    }

    private static func values(_ connection: OpaquePointer, _ kind: MHD_ValueKind) -> [(String, String)] {
        let pairs = Pairs()
        _ = MHD_get_connection_values(
            connection, kind,
            { pairs, _, name, value in
                guard let pairs, let name else { return .YES }
                Unmanaged<Pairs>.fromOpaque(pairs).takeUnretainedValue().list.append(
                    (String(cString: name), value.map { String(cString: $0) } ?? ""))
                return .YES
            }, Unmanaged.passUnretained(pairs).toOpaque())
        return pairs.list
    }

    private static func query(_ connection: OpaquePointer) -> [(name: String, value: String)] {
        values(connection, .GET_ARGUMENT_KIND).map { (name: $0.0, value: $0.1) }
    }

    private static func headers(_ connection: OpaquePointer) -> [String: String] {
        var headers: [String: String] = [:]
        for (name, value) in values(connection, .HEADER_KIND) {
            let name = name.lowercased()
            headers[name] = headers[name].map { $0 + ", " + value } ?? value
        }
        return headers
    }

    // MARK: Answers

    private func queue(
        _ response: HTTPResponse, _ exchange: HTTP1Exchange, _ connection: OpaquePointer
    ) -> MHD_Result {
        let made: OpaquePointer?
        switch response.body {
        case .bytes(let bytes):
            made = bytes.withUnsafeBytes { bytes in
                MHD_create_response_from_buffer(
                    bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress),
                    .RESPMEM_MUST_COPY)
            }
        case .stream(let stream):
            stream.attach(HTTP1Carrier(connection))
            exchange.stream = stream
            streams.add(stream, millrace_connection_descriptor(connection))
            made = MHD_create_response_from_callback(
                UInt64.max, Self.blockBytes,
                { stream, _, target, room in
                    guard let stream, let target else { return HTTPServer.endWithError }
                    return Unmanaged<HTTPStream>.fromOpaque(stream).takeUnretainedValue().read(target, room)
                }, Unmanaged.passRetained(stream).toOpaque(),
                { stream in
                    if let stream { Unmanaged<HTTPStream>.fromOpaque(stream).release() }
                })
        }
        guard let made else { return .NO }
        defer { MHD_destroy_response(made) }
        for (name, value) in response.headers { MHD_add_response_header(made, name, value) }
        return MHD_queue_response(connection, UInt32(clamping: response.status), made)
    }
}
