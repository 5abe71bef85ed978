import CMicrohttpd

/// One request over HTTP/1.1 on its way and its answer.
///
/// While a handler works on it the connection sleeps, so that a slow one holds up nobody else.
final class HTTP1Exchange: HTTPExchange, @unchecked Sendable {
    let method: String
    let path: String
    private let dispatch: RequestDispatch
    private let mutex = HTTPLock()
    // The server's thread alone.
    private(set) var body: [UInt8] = []
    /// What the request is answered with for its body.
    private(set) var refusal: HTTPResponse?
    private var keptBytes = 0
    var isDispatched = false
    var stream: HTTPStream?
    // Guarded by `mutex`.
    private var response: HTTPResponse?
    private var connection: OpaquePointer?
    private var isAnswered = false

    init(method: String, path: String, _ dispatch: RequestDispatch) {
        self.method = method
        self.path = path
        self.dispatch = dispatch
    }

    func append(_ bytes: UnsafePointer<CChar>, _ count: Int) {
        guard refusal == nil else { return }
        guard body.count + count <= dispatch.configuration.bodyLimit else {
            return refuse(dispatch.tooLarge)
        }
        guard dispatch.keepBody(count) else { return refuse(dispatch.overloaded) }
        keptBytes += count
        body += UnsafeRawBufferPointer(start: bytes, count: count)
    }

    /// What comes of the body from here on is not kept.
    private func refuse(_ response: HTTPResponse) {
        refusal = response
        body = []
        giveBack()
    }

    private func giveBack() {
        dispatch.giveBackBody(keptBytes)
        keptBytes = 0
    }

    /// The body, which is not needed here any more.
    func takeBody() -> [UInt8] {
        defer { body = [] }
        return body
    }

    /// Puts the connection to sleep until there is an answer.
    func sleep(_ connection: OpaquePointer) {
        mutex.withLock {
            self.connection = connection
            MHD_suspend_connection(connection)
        }
    }

    func answer(_ response: HTTPResponse) {
        mutex.withLock {
            guard !isAnswered else { return }
            isAnswered = true
            guard let connection else { return }
            self.response = response
            self.connection = nil
            MHD_resume_connection(connection)
        }
    }

    func takeResponse() -> HTTPResponse? {
        mutex.withLock {
            defer { response = nil }
            return response
        }
    }

    /// The connection is over.
    func end() {
        mutex.withLock {
            connection = nil
            isAnswered = true
        }
        stream?.detach()
        giveBack()
    }
}
