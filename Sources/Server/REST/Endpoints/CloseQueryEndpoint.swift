import Formats
import HTTP

/// `POST /close-query`: ends a push query by its id.
struct CloseQueryEndpoint: WholeEndpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse {
        guard let id = try RequestBody.object(request.body)["queryId"]?.string else {
            throw ErrorReply(.badRequest, "the request's object lacks \"queryId\"")
        }
        guard context.endPush(id) else {
            throw ErrorReply(.badRequest, "there is no query with the id \(id)")
        }
        return HTTPResponse(contentType: MediaType.json(for: request))
    }
}
