import CCurl
import Diagnostics

/// Requests to one server by libcurl, one after the other over a connection that stays. For one thread.
final class Transfer {
    struct Call {
        var path: String
        /// nil asks with GET.
        var body: String?
        var accept = "application/json"
        /// For the whole answer, in milliseconds; nil is without end.
        var timeout: Int?
    }

    /// HTTP's status, and whether the answer was ended from here.
    struct Ending {
        let status: Int
        let isStopped: Bool
    }

    let address: ServerAddress
    private var curl: OpaquePointer?

    private static let connectTimeout = 5000
    private static let tick: CInt = 100

    init(_ address: ServerAddress) { self.address = address }

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

    /// Asks, and hands over the body as it comes.
    ///
    /// - Parameters:
    ///   - receive: gets HTTP's status and bytes; false ends the request.
    ///   - tick: is called at least ten times a second; false ends the request. Ctrl-C ends it too.
    /// - Throws: when no answer came, or its end did not.
    func run(
        _ call: Call, receive: @escaping (Int, UnsafeRawBufferPointer) -> Bool,
        tick: @escaping () -> Bool = { true }
    ) throws(Diagnostic) -> Ending {
        let curl = try opened()
        let running = Running(receive: receive) {
            Interrupts.drain()
            return !Interrupts.isInterrupted && tick()
        }
        var request = millrace_curl_request()
        request.connect_milliseconds = Self.connectTimeout
        request.total_milliseconds = call.timeout ?? 0
        request.tick_milliseconds = Self.tick
        request.wake_descriptor = Interrupts.descriptor
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
            address.url + call.path, call.body, "application/json", call.accept, address.user,
            address.password, address.authorities,
        ]
        let code = withExtendedLifetime(running) {
            request.context = Unmanaged.passUnretained(running).toOpaque()
            return CTexts.with(texts) { texts in
                request.url = texts[0]
                request.body = texts[1]
                request.body_count = call.body?.utf8.count ?? 0
                request.content_type = call.body == nil ? nil : texts[2]
                request.accept = texts[3]
                request.user = texts[4]
                request.password = texts[5]
                request.authorities = texts[6]
                return millrace_curl_run(curl, &request)
            }
        }
        guard code == 0 else {
            let reason = withUnsafeBytes(of: request.failure) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            throw TransferFailure(code: Int(code), reason: reason, status: request.status)
                .diagnostic(for: address, seconds: (call.timeout ?? 0) / 1000)
        }
        return Ending(status: request.status, isStopped: request.is_stopped != 0)
    }

    private func opened() throws(Diagnostic) -> OpaquePointer {
        if let curl { return curl }
        var failure = [CChar](repeating: 0, count: 256)
        guard let opened = millrace_curl_open(&failure) else {
            let reason = failure.withUnsafeBytes { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            throw Diagnostic(
                .unavailable, "libcurl can't be loaded: \(reason)",
                hint: "install it: apt install libcurl4")
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
