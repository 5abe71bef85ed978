import HTTP

/// One that knows its answer when it has read the request.
protocol WholeEndpoint: Endpoint {
    /// - Throws: what the request is refused with.
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse
}

extension WholeEndpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext, _ reply: HTTPReply) throws(ErrorReply) {
        reply.send(try answer(request, context))
    }
}

extension HTTPResponse {
    init(json text: String, for request: HTTPRequest) {
        self.init(contentType: MediaType.json(for: request), text: text)
    }
}
