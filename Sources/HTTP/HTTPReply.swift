/// Where a request's answer goes: once, from any thread.
///
/// A reply that nobody sends becomes `500` when the last reference to it goes.
public final class HTTPReply: Sendable {
    private let exchange: any HTTPExchange

    init(_ exchange: any HTTPExchange) { self.exchange = exchange }

    deinit {
        exchange.answer(HTTPResponse(status: 500, contentType: "text/plain", text: "no answer was given\n"))
    }

    /// A second one is left alone.
    public func send(_ response: HTTPResponse) { exchange.answer(response) }
}
