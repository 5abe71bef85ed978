import HTTP

/// `GET /`: leads to `/info`.
struct RootEndpoint: WholeEndpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse {
        HTTPResponse(status: 307, headers: [("Location", "/info")])
    }
}
