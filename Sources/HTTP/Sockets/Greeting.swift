import Glibc

/// A connection that has not said enough to know which protocol it speaks.
///
/// Its bytes are looked at and left where they are.
final class Greeting: SocketHandler, OpenConnection {
    /// What each HTTP/2 connection begins with.
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let descriptor: CInt
    private let acceptor: Acceptor
    private let loop: EventLoop
    private let deadline: Int64
    private var token: EventLoop.Token?

    init(_ descriptor: CInt, _ acceptor: Acceptor, _ loop: EventLoop, idleSeconds: UInt32) {
        self.descriptor = descriptor
        self.acceptor = acceptor
        self.loop = loop
        deadline = EventLoop.now() + Int64(idleSeconds) * 1000
    }

    /// Most have sent something by now.
    func begin() {
        if look() { return }
        token = loop.add(descriptor, [.reading, .changes], self)
        guard token != nil else {
            close(descriptor)
            return
        }
        acceptor.add(self)
    }

    func isReady(_ events: SocketEvents) { _ = look() }

    /// Whether it is known by now what becomes of the connection.
    private func look() -> Bool {
        var bytes = [UInt8](repeating: 0, count: Self.preface.count)
        let count = recv(descriptor, &bytes, bytes.count, CInt(MSG_PEEK))
        if count < 0, errno == EAGAIN || errno == EINTR { return false }
        guard count > 0 else {
            leave()
            close(descriptor)
            return true
        }
        if !bytes[..<count].elementsEqual(Self.preface[..<count]) {
            leave()
            acceptor.hand(descriptor)
            return true
        }
        guard count == Self.preface.count else { return false }
        leave()
        acceptor.serve(PlainChannel(descriptor))
        return true
    }

    private func leave() {
        guard let token else { return }
        loop.remove(descriptor, token)
        self.token = nil
        acceptor.remove(self)
    }

    func tick(_ now: Int64) { if now >= deadline { end() } }

    func finish() { end() }

    func end() {
        leave()
        close(descriptor)
    }
}
