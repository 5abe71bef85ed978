import CMicrohttpd

/// One request over HTTP/1.1 on its way and its answer.
///
/// While a handler works on it the connection sleeps, so that a slow one holds up nobody else.
final class HTTP1Exchange: HTTPExchange, @unchecked Sendable {
    let method: String
    let path: String
    private let bodyLimit: Int
    private let mutex = HTTPLock()
    // The server's thread alone.
    private(set) var body: [UInt8] = []
    private(set) var isTooLarge = false
    var isDispatched = false
    var stream: HTTPStream?
    // Guarded by `mutex`.
    private var response: HTTPResponse?
    private var connection: OpaquePointer?
    private var isAnswered = false

    init(method: String, path: String, bodyLimit: Int) {
        self.method = method
        self.path = path
        self.bodyLimit = bodyLimit
    }

    func append(_ bytes: UnsafePointer<CChar>, _ count: Int) {
        guard !isTooLarge else { return }
        guard body.count + count <= bodyLimit else {
            isTooLarge = true
            body = []
            return
        }
        body += UnsafeRawBufferPointer(start: bytes, count: count)
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
    }
}
