import HTTP

/// `GET /`: leads to `/info`.
struct RootEndpoint: Endpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse {
        HTTPResponse(status: 307, headers: [("Location", "/info")])
    }
}
