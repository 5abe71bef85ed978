import CEpoll

/// What a socket is waited for, or ready for.
struct SocketEvents: OptionSet {
    let rawValue: UInt32

    static let reading = SocketEvents(rawValue: EPOLLIN.rawValue | EPOLLRDHUP.rawValue)
    static let writing = SocketEvents(rawValue: EPOLLOUT.rawValue)
    /// Told when more becomes so, and not as long as it is so.
    static let changes = SocketEvents(rawValue: EPOLLET.rawValue)
    /// The connection is broken; always told.
    static let broken = SocketEvents(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
}

/// Whom an event loop tells of a socket.
protocol SocketHandler: AnyObject {
    func isReady(_ events: SocketEvents)
}
