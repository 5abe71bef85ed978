import CMicrohttpd
import Diagnostics
import Glibc

/// An HTTP/1.1 server: requests whole, answers whole or as streams, over libmicrohttpd.
///
/// Its threads only read and write. A complete request goes to the handler by `execute`, on whatever thread
/// that has; the connection sleeps until the answer comes.
public final class HTTPServer: @unchecked Sendable {
    /// Answers requests through the reply, before or after it returns.
    public typealias Handler = @Sendable (HTTPRequest, HTTPReply) -> Void
    /// Runs work on a thread that may wait.
    public typealias Executor = @Sendable (@escaping @Sendable () -> Void) -> Void

    static let endOfStream = -1
    static let endWithError = -2
    private static let blockBytes = 32 << 10
    private static let headerBytes = 64 << 10

    public let configuration: HTTPConfiguration
    /// Where it listens; the port that was found where 0 was asked for.
    public let port: UInt16
    private let handler: Handler
    private let execute: Executor
    private let exchanges = OpenExchanges()
    private let streams = OpenStreams()
    private let mutex = HTTPLock()
    // Guarded by `mutex`.
    private var daemon: OpaquePointer?

    /// Listens, and serves from now on.
    ///
    /// - Throws: what is wrong with the address, such as a port that another program has.
    public init(
        _ configuration: HTTPConfiguration, execute: @escaping Executor, handler: @escaping Handler
    ) throws(Diagnostic) {
        self.configuration = configuration
        self.execute = execute
        self.handler = handler
        let socket = try ListeningSocket(host: configuration.host, port: configuration.port)
        port = socket.port
        daemon = try start(socket)
    }

    deinit { stop() }

    private func start(_ socket: ListeningSocket) throws(Diagnostic) -> OpaquePointer {
        let server = Unmanaged.passUnretained(self).toOpaque()
        var flags = MHD_USE_EPOLL_INTERNAL_THREAD.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue
        var options: [MHD_OptionItem] = [
            Self.option(MHD_OPTION.LISTEN_SOCKET, Int(socket.descriptor)),
            Self.option(MHD_OPTION.CONNECTION_LIMIT, configuration.connectionLimit),
            Self.option(MHD_OPTION.CONNECTION_TIMEOUT, Int(configuration.idleSeconds)),
            Self.option(MHD_OPTION.CONNECTION_MEMORY_LIMIT, Self.headerBytes),
            Self.option(
                MHD_OPTION.NOTIFY_COMPLETED,
                unsafeBitCast(Self.completed as MHD_RequestCompletedCallback, to: Int.self), server),
        ]
        if configuration.threads > 1 {
            options.append(Self.option(MHD_OPTION.THREAD_POOL_SIZE, configuration.threads))
        }
        // The texts live until the server has copied them.
        var texts: [UnsafeMutablePointer<CChar>] = []
        defer { for text in texts { free(text) } }
        if let tls = configuration.tls {
            flags |= MHD_USE_TLS.rawValue
            for (option, text) in [
                (MHD_OPTION.HTTPS_MEM_CERT, tls.certificate), (MHD_OPTION.HTTPS_MEM_KEY, tls.key),
            ] {
                guard let copy = strdup(text) else { continue }
                texts.append(copy)
                options.append(Self.option(option, 0, copy))
            }
        }
        options.append(Self.option(MHD_OPTION.END, 0))
        let made = options.withUnsafeMutableBufferPointer { options -> OpaquePointer? in
            guard let first = options.baseAddress else { return nil }
            return withVaList([CInt(MHD_OPTION.ARRAY.rawValue), first, CInt(MHD_OPTION.END.rawValue)]) {
                MHD_start_daemon_va(flags, socket.port, nil, nil, Self.access, server, $0)
            }
        }
        guard let made else {
            close(socket.descriptor)
            throw Diagnostic(
                .io, "the HTTP server can't start on \(configuration.host):\(socket.port)",
                hint: configuration.tls == nil
                    ? "see whether the machine has file descriptors and memory left"
                    : "check that certificate and key are PEM texts that belong together")
        }
        return made
    }

    private static func option(
        _ option: MHD_OPTION, _ value: Int, _ pointer: UnsafeMutableRawPointer? = nil
    ) -> MHD_OptionItem {
        MHD_OptionItem(option: option, value: value, ptr_value: pointer)
    }

    /// Takes no more connections, ends streams, lets answers out for some seconds, and closes what is left.
    ///
    /// An answer that a handler gives later goes nowhere.
    public func stop() {
        let daemon = mutex.withLock { () -> OpaquePointer? in
            defer { self.daemon = nil }
            return self.daemon
        }
        guard let daemon else { return }
        let listening = MHD_quiesce_daemon(daemon)
        if listening >= 0 { close(listening) }
        streams.finishAll()
        for late in exchanges.drain(seconds: configuration.stopSeconds) {
            late.answer(
                HTTPResponse(status: 503, contentType: "text/plain", text: "the server is stopping\n"))
        }
        streams.stop()
        MHD_stop_daemon(daemon)
    }

    // MARK: Requests

    private static let access: MHD_AccessHandlerCallback = {
        server, connection, path, method, _, bytes, count, context in
        guard let server, let connection, let context, let count else { return .NO }
        return Unmanaged<HTTPServer>.fromOpaque(server).takeUnretainedValue()
            .take(connection, path, method, bytes, count, context)
    }

    private static let completed: MHD_RequestCompletedCallback = { server, _, context, _ in
        guard let server, let context, let pointer = context.pointee else { return }
        context.pointee = nil
        let exchange = Unmanaged<HTTPExchange>.fromOpaque(pointer).takeRetainedValue()
        Unmanaged<HTTPServer>.fromOpaque(server).takeUnretainedValue().end(exchange)
    }

    /// Called when the head has come, for each piece of the body, at the body's end, and when the connection
    /// wakes up with an answer.
    private func take(
        _ connection: OpaquePointer, _ path: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?,
        _ bytes: UnsafePointer<CChar>?, _ count: UnsafeMutablePointer<Int>,
        _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) -> MHD_Result {
        guard let known = context.pointee else {
            let exchange = HTTPExchange(
                method: method.map { String(cString: $0) } ?? "",
                path: path.map { String(cString: $0) } ?? "/",
                bodyLimit: configuration.bodyLimit)
            context.pointee = Unmanaged.passRetained(exchange).toOpaque()
            return .YES
        }
        let exchange = Unmanaged<HTTPExchange>.fromOpaque(known).takeUnretainedValue()
        if count.pointee > 0 {
            if let bytes { exchange.append(bytes, count.pointee) }
            count.pointee = 0
            return .YES
        }
        if let response = exchange.takeResponse() { return queue(response, exchange, connection) }
        guard !exchange.isDispatched else { return .YES }
        exchange.isDispatched = true
        if exchange.isTooLarge {
            return queue(
                HTTPResponse(
                    status: 413, contentType: "text/plain",
                    text: "the body has more than \(configuration.bodyLimit) bytes\n"), exchange, connection)
        }
        let request = HTTPRequest(
            method: exchange.method, path: exchange.path, query: Self.query(connection),
            headers: Self.headers(connection), body: exchange.takeBody())
        exchanges.add(exchange)
        exchange.sleep(connection)
        let reply = HTTPReply(exchange)
        execute { [handler] in handler(request, reply) }
        return .YES
    }

    private func end(_ exchange: HTTPExchange) {
        if let stream = exchange.stream { streams.remove(stream) }
        exchange.end()
        exchanges.remove(exchange)
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
        _ response: HTTPResponse, _ exchange: HTTPExchange, _ connection: OpaquePointer
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
            stream.attach(connection)
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
