import CCurl

/// Requests by libcurl, one after the other over connections that stay. For one thread at a time.
public final class HTTPTransfer {
    /// HTTP's status, and whether the answer was ended from here.
    public struct Ending: Sendable {
        public let status: Int
        public let isStopped: Bool
    }

    public let identity: HTTPIdentity
    private var curl: OpaquePointer?

    private static let connectTimeout = 5000
    private static let tick: CInt = 100

    public init(_ identity: HTTPIdentity = HTTPIdentity()) { self.identity = identity }

    deinit { millrace_curl_close(curl) }

    /// What the callbacks work with while a request runs.
    private final class Running {
        let receive: (Int, UnsafeRawBufferPointer) -> Bool
        let tick: () -> Bool

        init(receive: @escaping (Int, UnsafeRawBufferPointer) -> Bool, tick: @escaping () -> Bool) {
            self.receive = receive
            self.tick = tick
        }
    }

    /// Asks, and gives status and body when they are whole.
    public func answer(to call: HTTPCall) throws(HTTPFailure) -> (status: Int, body: [UInt8]) {
        var body: [UInt8] = []
        let ending = try run(call) { _, bytes in
            body.append(contentsOf: bytes)
            return true
        }
        return (ending.status, body)
    }

    /// Asks, and hands over the body as it comes.
    ///
    /// - Parameters:
    ///   - waking: a descriptor that is readable when `tick` is to be called at once; -1 is none.
    ///   - receive: gets HTTP's status and bytes; false ends the request.
    ///   - tick: is called at least ten times a second; false ends the request.
    public func run(
        _ call: HTTPCall, waking: CInt = -1, receive: @escaping (Int, UnsafeRawBufferPointer) -> Bool,
        tick: @escaping () -> Bool = { true }
    ) throws(HTTPFailure) -> Ending {
        let curl = try opened()
        let running = Running(receive: receive, tick: tick)
        var request = millrace_curl_request()
        request.connect_milliseconds = Self.connectTimeout
        request.total_milliseconds = call.timeoutMilliseconds ?? 0
        request.tick_milliseconds = Self.tick
        request.wake_descriptor = waking
        request.receive = { context, status, bytes, count in
            guard let context, let bytes else { return 0 }
            let running = Unmanaged<Running>.fromOpaque(context).takeUnretainedValue()
            return running.receive(status, UnsafeRawBufferPointer(start: bytes, count: count)) ? 1 : 0
        }
        request.tick = { context in
            guard let context else { return 0 }
            return Unmanaged<Running>.fromOpaque(context).takeUnretainedValue().tick() ? 1 : 0
        }
        let texts: [String?] = [
            call.url, call.method, call.body, call.body == nil ? nil : call.contentType, call.accept,
            identity.user, identity.password, identity.token, identity.authorities, identity.certificate,
            identity.key, identity.keyPassword,
        ]
        let code = withExtendedLifetime(running) {
            request.context = Unmanaged.passUnretained(running).toOpaque()
            return CTexts.with(texts) { texts in
                request.url = texts[0]
                request.method = texts[1]
                request.body = texts[2]
                request.body_count = call.body?.utf8.count ?? 0
                request.content_type = texts[3]
                request.accept = texts[4]
                request.user = texts[5]
                request.password = texts[6]
                request.token = texts[7]
                request.authorities = texts[8]
                request.certificate = texts[9]
                request.key = texts[10]
                request.key_password = texts[11]
                return millrace_curl_run(curl, &request)
            }
        }
        guard code == 0 else {
            let reason = withUnsafeBytes(of: request.failure) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            throw HTTPFailure(code: Int(code), reason: reason, status: request.status)
        }
        return Ending(status: request.status, isStopped: request.is_stopped != 0)
    }

    private func opened() throws(HTTPFailure) -> OpaquePointer {
        if let curl { return curl }
        var failure = [CChar](repeating: 0, count: 256)
        guard let opened = millrace_curl_open(&failure) else {
            let reason = failure.withUnsafeBytes { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            throw HTTPFailure(code: 0, reason: reason, status: 0)
        }
        curl = opened
        return opened
    }
}

/// Texts as C takes them.
private enum CTexts {
    static func with<Result>(
        _ texts: [String?], _ body: ([UnsafePointer<CChar>?]) -> Result
    ) -> Result {
        var storage: [CChar] = []
        var starts: [Int?] = []
        for text in texts {
            starts.append(text == nil ? nil : storage.count)
            guard let text else { continue }
            storage.append(contentsOf: text.utf8.map { CChar(bitPattern: $0) })
            storage.append(0)
        }
        return storage.withUnsafeBufferPointer { buffer in
            body(starts.map { start in start.flatMap { at in buffer.baseAddress.map { $0 + at } } })
        }
    }
}
