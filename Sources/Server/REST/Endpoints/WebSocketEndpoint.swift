import HTTP

/// `GET /ws/query` and others below `/ws`: refused, and told where queries are answered.
struct WebSocketEndpoint: WholeEndpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse {
        throw ErrorReply(
            .notFound,
            "there are no WebSockets here\nnext: send the query to /query-stream, over HTTP/1.1 or HTTP/2")
    }
}
