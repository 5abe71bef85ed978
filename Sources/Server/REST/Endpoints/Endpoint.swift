import HTTP

/// Answers requests to one path or a few.
protocol Endpoint: Sendable {
    init()

    /// Sends an answer now or later.
    ///
    /// - Throws: what the request is refused with.
    func answer(_ request: HTTPRequest, _ context: RESTContext, _ reply: HTTPReply) throws(ErrorReply)
}
