import HTTP

/// `POST /query`: a SELECT or PRINT, answered as an array of objects that comes line by line.
struct QueryEndpoint: WholeEndpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse {
        try QueryAnswering(context).answer(
            RequestBody(request.body), .objects(mediaType: MediaType.json(for: request)))
    }
}
