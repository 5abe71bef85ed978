import Glibc

/// A connection of HTTP/1.1 behind TLS: brings its bytes to a local socket, on which libmicrohttpd serves
/// them in plain, and back.
final class HTTP1Relay: OpenConnection {
    /// One of the two sockets, and what is on its way to it.
    private final class Side: SocketHandler {
        let channel: any ByteChannel
        var pump: () -> Void = {}
        var token: EventLoop.Token?
        var awaited: SocketEvents = .reading
        /// What it has not taken yet.
        var bytes: [UInt8] = []
        var taken = 0
        var isBlocked = false

        init(_ channel: any ByteChannel) { self.channel = channel }

        func isReady(_ events: SocketEvents) { pump() }

        var isFree: Bool { taken == bytes.count }

        /// False when the other side has gone.
        func flush() -> Bool {
            isBlocked = false
            while !isFree {
                let outcome = bytes.withUnsafeBytes {
                    channel.write(UnsafeRawBufferPointer(rebasing: $0[taken...]))
                }
                switch outcome {
                case .bytes(let count): taken += count
                case .wait:
                    isBlocked = true
                    return true
                case .closed: return false
                }
            }
            bytes = []
            taken = 0
            return true
        }
    }

    private let client: Side
    private let server: Side
    private let acceptor: Acceptor
    private let loop: EventLoop
    /// libmicrohttpd's end.
    private let handed: CInt
    private var isClosed = false

    /// - Returns: nil without descriptors.
    init?(_ channel: TLSChannel, _ acceptor: Acceptor, _ loop: EventLoop) {
        var ends: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        client = Side(channel)
        server = Side(PlainChannel(ends[0]))
        handed = ends[1]
        self.acceptor = acceptor
        self.loop = loop
    }

    /// - Returns: the socket to serve.
    func begin() -> CInt {
        acceptor.add(self)
        for side in [client, server] {
            side.pump = { [weak self] in self?.pump() }
            side.token = loop.add(side.channel.descriptor, side.awaited, side)
        }
        if client.token == nil || server.token == nil { end() } else { pump() }
        return handed
    }

    private func pump() {
        guard !isClosed else { return }
        guard move(from: client, to: server) else { return end() }
        guard move(from: server, to: client) else { return end() }
        for (side, other) in [(client, server), (server, client)] {
            // A side is read when the other one has taken what came before.
            var events: SocketEvents = other.isFree ? .reading : []
            if side.isBlocked { events.insert(.writing) }
            guard events != side.awaited, let token = side.token else { continue }
            side.awaited = events
            loop.change(side.channel.descriptor, events, token)
        }
    }

    /// False when one of the two has gone.
    private func move(from source: Side, to target: Side) -> Bool {
        while true {
            guard target.flush() else { return false }
            guard target.isFree else { return true }
            let outcome = loop.withBlock { block -> ChannelOutcome in
                let outcome = source.channel.read(into: block)
                if case .bytes(let count) = outcome { target.bytes += block[..<count] }
                return outcome
            }
            switch outcome {
            case .bytes: continue
            case .wait: return true
            case .closed: return false
            }
        }
    }

    // MARK: The acceptor's side

    // How long a connection may be idle is libmicrohttpd's matter.
    func tick(_ now: Int64) {}

    func finish() {}

    func end() {
        guard !isClosed else { return }
        isClosed = true
        for side in [client, server] {
            if let token = side.token { loop.remove(side.channel.descriptor, token) }
            side.pump = {}
            side.channel.close()
        }
        acceptor.remove(self)
    }
}
