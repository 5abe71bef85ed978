import Diagnostics
import HTTPClient

/// Requests to one server, one after the other over a connection that stays; Ctrl-C ends each of them. For
/// one thread.
final class Transfer {
    struct Call {
        var path: String
        /// nil asks with GET.
        var body: String?
        var accept = "application/json"
        /// For the whole answer, in milliseconds; nil is without end.
        var timeout: Int?
    }

    typealias Ending = HTTPTransfer.Ending

    let address: ServerAddress
    private let transfer: HTTPTransfer

    init(_ address: ServerAddress) {
        self.address = address
        var identity = HTTPIdentity()
        identity.user = address.user
        identity.password = address.password
        identity.authorities = address.authorities
        transfer = HTTPTransfer(identity)
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
        var request = HTTPCall(url: address.url + call.path, body: call.body)
        request.accept = call.accept
        request.timeoutMilliseconds = call.timeout
        do throws(HTTPFailure) {
            return try transfer.run(request, waking: Interrupts.descriptor, receive: receive) {
                Interrupts.drain()
                return !Interrupts.isInterrupted && tick()
            }
        } catch {
            throw TransferFailure(code: error.code, reason: error.reason, status: error.status)
                .diagnostic(for: address, seconds: (call.timeout ?? 0) / 1000)
        }
    }
}
