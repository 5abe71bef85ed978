import Synchronization

/// The way from a request to its handler, which both protocols go.
final class RequestDispatch: Sendable {
    let configuration: HTTPConfiguration
    let exchanges = OpenExchanges()
    let execute: HTTPServer.Executor
    private let streamsBody: HTTPServer.BodyRule
    private let handler: HTTPServer.Handler
    /// Of requests under way.
    private let bodies = Atomic<Int>(0)

    init(
        _ configuration: HTTPConfiguration, execute: @escaping HTTPServer.Executor,
        streamsBody: @escaping HTTPServer.BodyRule, handler: @escaping HTTPServer.Handler
    ) {
        self.configuration = configuration
        self.execute = execute
        self.streamsBody = streamsBody
        self.handler = handler
    }

    /// Whether a request's body goes to the handler as it comes.
    func streamsBody(_ method: String, _ path: String) -> Bool { streamsBody(method, path) }

    /// Asks the handler, whose answer goes to the exchange.
    func dispatch(_ request: HTTPRequest, _ exchange: any HTTPExchange) {
        exchanges.add(exchange)
        let reply = HTTPReply(exchange)
        execute { [handler] in handler(request, reply) }
    }

    /// Bytes of bodies that are kept now.
    var bodyBytes: Int { bodies.load(ordering: .relaxed) }

    /// Counts bytes of a body that are to be kept until they are given back; false where there are too many.
    func keepBody(_ count: Int) -> Bool {
        let all = bodies.add(count, ordering: .relaxed).newValue
        if all <= configuration.totalBodyLimit { return true }
        giveBackBody(count)
        return false
    }

    func giveBackBody(_ count: Int) { bodies.subtract(count, ordering: .relaxed) }

    var overloaded: HTTPResponse {
        HTTPResponse(
            status: 503, contentType: "text/plain",
            text: "the requests under way have too many bytes: send it again later\n")
    }

    var tooLarge: HTTPResponse {
        HTTPResponse(
            status: 413, contentType: "text/plain",
            text: "the body has more than \(configuration.bodyLimit) bytes\n")
    }
}
