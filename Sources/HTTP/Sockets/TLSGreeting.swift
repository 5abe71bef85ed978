/// A connection whose TLS handshake is under way, which tells the protocol behind it.
final class TLSGreeting: SocketHandler, OpenConnection {
    private let channel: TLSChannel
    private let acceptor: Acceptor
    private let loop: EventLoop
    private let deadline: Int64
    private var token: EventLoop.Token?
    private var awaited: SocketEvents = .reading

    init(_ channel: TLSChannel, _ acceptor: Acceptor, _ loop: EventLoop, idleSeconds: UInt32) {
        self.channel = channel
        self.acceptor = acceptor
        self.loop = loop
        deadline = EventLoop.now() + Int64(idleSeconds) * 1000
    }

    func begin() {
        token = loop.add(channel.descriptor, awaited, self)
        guard token != nil else { return channel.close() }
        acceptor.add(self)
    }

    func isReady(_ events: SocketEvents) {
        switch channel.handshake() {
        case .wait(let events):
            guard let token, events != awaited else { return }
            awaited = events
            loop.change(channel.descriptor, events, token)
        case .failed: end()
        case .done:
            leave()
            if channel.isHTTP2 { acceptor.serve(channel) } else { acceptor.relay(channel) }
        }
    }

    private func leave() {
        guard let token else { return }
        loop.remove(channel.descriptor, token)
        self.token = nil
        acceptor.remove(self)
    }

    func tick(_ now: Int64) { if now >= deadline { end() } }

    func finish() { end() }

    func end() {
        leave()
        channel.close()
    }
}
