/// What other threads hold of a stream of HTTP/2: they reach its session by its thread.
final class HTTP2Exchange: HTTPExchange, StreamCarrier, @unchecked Sendable {
    private let id: Int32
    private let session: HTTP2Session
    private let mutex = HTTPLock()
    // Guarded by `mutex`.
    private var isAnswered = false

    init(_ id: Int32, _ session: HTTP2Session) {
        self.id = id
        self.session = session
    }

    func answer(_ response: HTTPResponse) {
        let isFirst = mutex.withLock { () -> Bool in
            defer { isAnswered = true }
            return !isAnswered
        }
        guard isFirst else { return }
        session.schedule { [session, id] in session.answer(id, response) }
    }

    // Its data are not asked for again before `resume`.
    func sleep() {}

    func wake() { session.schedule { [session, id] in session.resume(id) } }

    /// The handler has taken bytes of the body: the client may send as many more.
    func hasTaken(_ count: Int) { session.schedule { [session, id] in session.hasTaken(count, id) } }
}
