import Glibc
import Sockets

/// Takes connections, finds out which protocol each speaks, and looks after those of HTTP/2.
///
/// All but its making happens on the loop's thread.
final class Acceptor: SocketHandler, @unchecked Sendable {
    private static let batch = 64

    private let socket: ListeningSocket
    private let loop: EventLoop
    private let dispatch: RequestDispatch
    private let http1: HTTP1Server
    private let credentials: TLSCredentials?
    private var token: EventLoop.Token?
    private var isClosed = false
    /// Connections whose protocol is not known yet, those of HTTP/2, and those of HTTP/1.1 behind TLS.
    private var open: [ObjectIdentifier: any OpenConnection] = [:]

    init(
        _ socket: ListeningSocket, _ loop: EventLoop, _ dispatch: RequestDispatch, _ http1: HTTP1Server,
        _ credentials: TLSCredentials?
    ) {
        self.socket = socket
        self.loop = loop
        self.dispatch = dispatch
        self.http1 = http1
        self.credentials = credentials
    }

    deinit { if !isClosed { close(socket.descriptor) } }

    func start() {
        token = loop.add(socket.descriptor, .reading, self)
        loop.onTick = { [weak self] in self?.tick() }
    }

    /// Takes no more connections and requests, and ends streams.
    func finish() {
        if let token { loop.remove(socket.descriptor, token) }
        token = nil
        isClosed = true
        close(socket.descriptor)
        for connection in Array(open.values) { connection.finish() }
    }

    /// Closes what is left.
    func stop() {
        for connection in Array(open.values) { connection.end() }
    }

    // MARK: Connections

    func isReady(_ events: SocketEvents) {
        for _ in 0..<Self.batch {
            let made = accept(socket.descriptor, nil, nil)
            guard made >= 0 else {
                let reason = errno
                if reason == EINTR || reason == ECONNABORTED { continue }
                // Without descriptors or memory the socket would be ready for ever: it rests for a moment.
                if reason != EAGAIN, let token {
                    loop.remove(socket.descriptor, token)
                    self.token = nil
                }
                return
            }
            take(made)
        }
    }

    private func take(_ descriptor: CInt) {
        guard open.count < dispatch.configuration.connectionLimit else {
            close(descriptor)
            return
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        Self.set(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
        // A machine that went away without a word is noticed after some minutes.
        Self.set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        Self.set(descriptor, CInt(IPPROTO_TCP), TCP_KEEPIDLE, 60)
        Self.set(descriptor, CInt(IPPROTO_TCP), TCP_KEEPINTVL, 15)
        Self.set(descriptor, CInt(IPPROTO_TCP), TCP_KEEPCNT, 4)
        if let credentials {
            guard let channel = TLSChannel(descriptor, credentials) else {
                close(descriptor)
                return
            }
            TLSGreeting(channel, self, loop, idleSeconds: dispatch.configuration.idleSeconds).begin()
        } else {
            Greeting(descriptor, self, loop, idleSeconds: dispatch.configuration.idleSeconds).begin()
        }
    }

    private static func set(_ descriptor: CInt, _ level: CInt, _ option: CInt, _ value: CInt) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
    }

    /// It speaks HTTP/1.1.
    func hand(_ descriptor: CInt) { http1.take(descriptor) }

    /// It speaks HTTP/1.1 behind TLS.
    func relay(_ channel: TLSChannel) {
        guard let relay = HTTP1Relay(channel, self, loop) else {
            channel.close()
            return
        }
        http1.take(relay.begin())
    }

    /// It speaks HTTP/2.
    func serve(_ channel: any ByteChannel) {
        guard let connection = HTTP2Connection(channel, self, loop, dispatch) else {
            channel.close()
            return
        }
        connection.begin()
    }

    func add(_ connection: any OpenConnection) { open[ObjectIdentifier(connection)] = connection }

    func remove(_ connection: any OpenConnection) { open[ObjectIdentifier(connection)] = nil }

    private func tick() {
        if token == nil, !isClosed { token = loop.add(socket.descriptor, .reading, self) }
        let now = EventLoop.now()
        for connection in Array(open.values) { connection.tick(now) }
    }
}
