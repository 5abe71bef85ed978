import HTTP

/// Answers requests to one path or a few.
protocol Endpoint: Sendable {
    init()

    /// - Throws: what the request is refused with.
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse
}

extension HTTPResponse {
    init(json text: String, for request: HTTPRequest) {
        self.init(contentType: MediaType.json(for: request), text: text)
    }
}
